using NetPolicy.Collections;
using NetPolicy.Diagnostics;

namespace NetPolicy.Manifests.Nodes;

/// <summary>Reads files, folders and standard input.</summary>
internal sealed class PathReading(TextReader? standardInput, ManifestReadOptions options)
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];
    private static readonly TimeSpan PipeWait = TimeSpan.FromSeconds(5);

    private readonly ReadSession _session = new(options.Progress);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly List<ManifestReadResult> _results = [];

    public ManifestReadResult Read(IEnumerable<string> paths)
    {
        foreach (string path in paths)
        {
            int before = _results.Count;
            if (path == "-" && standardInput is not null)
            {
                using TextReaderStream input = new(standardInput);
                _results.Add(new TextReading("-", options, _session).Read(input));
                WarnIfEmpty(path, before);
            }
            else if (Directory.Exists(path))
            {
                ReadFolder(path);
            }
            else
            {
                ReadFile(path);
                WarnIfEmpty(path, before);
            }
        }

        return ManifestReadResult.Join(_results);
    }

    // In a folder, files of comments only are nothing unusual.
    private void WarnIfEmpty(string path, int before)
    {
        if (_results.Count > before && _results[^1] is { DocumentCount: 0, Diagnostics.IsEmpty: true })
        {
            _results[^1] = Failure(path, Findings.NothingToRead, "there is no document in it");
        }
    }

    private void ReadFolder(string folder)
    {
        int before = _results.Count;
        int known = _seen.Count;
        try
        {
            foreach (string file in FilesOf(folder))
            {
                ReadFile(file);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _results.Add(Failure(folder, Findings.UnreadableFile, $"folder cannot be read: {Reason(e)}"));
        }

        if (_results.Count == before && _seen.Count == known)
        {
            _results.Add(Failure(folder, Findings.NothingToRead, "folder holds no .yaml, .yml or .json file"));
        }
    }

    private static IEnumerable<string> FilesOf(string folder)
    {
        string[] entries = Directory.GetFileSystemEntries(folder);
        Array.Sort(entries, StringComparer.Ordinal);
        foreach (string entry in entries)
        {
            if (!Directory.Exists(entry))
            {
                if (Extensions.Contains(Path.GetExtension(entry), StringComparer.OrdinalIgnoreCase))
                {
                    yield return entry;
                }
            }
            else if (!Path.GetFileName(entry).StartsWith('.') && new DirectoryInfo(entry).LinkTarget is null)
            {
                foreach (string file in FilesOf(entry))
                {
                    yield return file;
                }
            }
        }
    }

    private void ReadFile(string file)
    {
        if (file.Length == 0)
        {
            _results.Add(Failure(file, Findings.UnreadableFile, "a path is empty, expected a file or folder"));
            return;
        }

        if (!_seen.Add(Path.GetFullPath(file)))
        {
            return;
        }

        try
        {
            using FileStream stream = Open(file);
            _results.Add(new TextReading(file, options, _session).Read(stream));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or TimeoutException)
        {
            _results.Add(Failure(file, Findings.UnreadableFile, Reason(e)));
        }
    }

    // Opening a named pipe waits for somebody who writes to it. Pipes show a length of zero; whoever means one has its writer ready.
    private static FileStream Open(string file)
    {
        if (new FileInfo(file) is { Exists: true, Length: > 0 })
        {
            return OpenNow(file);
        }

        Task<FileStream> opening = Task.Run(() => OpenNow(file));
        if (Task.WaitAny([opening], PipeWait) < 0)
        {
            opening.ContinueWith(late => late.Result.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw new TimeoutException();
        }

        return opening.GetAwaiter().GetResult();
    }

    private static FileStream OpenNow(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    private static string Reason(Exception e) => e switch
    {
        TimeoutException => "it is a pipe that nobody writes to",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file or folder",
        UnauthorizedAccessException => "reading is not permitted",
        _ => "reading failed",
    };

    private static ManifestReadResult Failure(string file, DiagnosticDescriptor descriptor, string message) =>
        new([], [new Diagnostic(descriptor, message, new SourceSpan(file, 0, 0))], 0);
}
