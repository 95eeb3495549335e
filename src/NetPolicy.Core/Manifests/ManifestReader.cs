using System.Text;
using System.Text.Unicode;
using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Codecs;
using NetPolicy.Manifests.Nodes;

namespace NetPolicy.Manifests;

/// <summary>
/// Reads YAML and JSON documents. Whatever the text holds, the result is documents and diagnostics; nothing throws because of it.
/// </summary>
/// <remarks>Stateless; may be used from several threads at once.</remarks>
public static class ManifestReader
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".json"];
    private static readonly TimeSpan PipeWait = TimeSpan.FromSeconds(5);

    /// <summary>Reads a text of one or several documents.</summary>
    /// <param name="text">YAML, or JSON if its first character that is not blank is <c>{</c> or <c>[</c>.</param>
    /// <param name="file">The name to report places with.</param>
    /// <param name="options">Limits.</param>
    public static ManifestReadResult Read(string text, string? file = null, ManifestReadOptions? options = null)
    {
        ReadState state = new(file, options ?? ManifestReadOptions.Default);
        if (text.Length > state.Options.MaxBytes || (text.Length > state.Options.MaxBytes / 3 && Encoding.UTF8.GetByteCount(text) > state.Options.MaxBytes))
        {
            return TooLarge(state);
        }

        return ReadText(text.StartsWith('\uFEFF') ? text[1..] : text, state);
    }

    /// <summary>Reads UTF-8 text of one or several documents; a byte order mark is passed over.</summary>
    /// <inheritdoc cref="Read(string, string?, ManifestReadOptions?)"/>
    public static ManifestReadResult Read(ReadOnlyMemory<byte> utf8, string? file = null, ManifestReadOptions? options = null)
    {
        ReadState state = new(file, options ?? ManifestReadOptions.Default);
        if (utf8.Length > state.Options.MaxBytes)
        {
            return TooLarge(state);
        }

        ReadOnlySpan<byte> bytes = utf8.Span;
        if (bytes.StartsWith("\uFEFF"u8))
        {
            bytes = bytes[3..];
        }

        if (!Utf8.IsValid(bytes))
        {
            state.Report(Findings.BadCharacter, "text is not UTF-8", PlaceOfInvalidByte(bytes, file));
            return Result(state, [], []);
        }

        return LooksLikeJson(bytes) ? ReadJson(bytes, null, state) : ReadText(Encoding.UTF8.GetString(bytes), state);
    }

    /// <summary>Reads files and folders: of a folder all <c>.yaml</c>, <c>.yml</c> and <c>.json</c> files, sub-folders included, in ordinal order.</summary>
    /// <remarks>
    /// <c>-</c> is <paramref name="standardInput"/>. A file that several paths lead to is read once. Sub-folders that are links or whose names begin with a dot are passed over.
    /// A path that does not exist or cannot be read is a diagnostic.
    /// </remarks>
    /// <param name="paths">Files and folders, in the order in which their documents come.</param>
    /// <param name="standardInput">What <c>-</c> means; null if it means nothing.</param>
    /// <param name="options">Limits, for each file.</param>
    public static ManifestReadResult ReadPaths(IEnumerable<string> paths, TextReader? standardInput = null, ManifestReadOptions? options = null)
    {
        List<ManifestReadResult> results = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            int before = results.Count;
            if (path == "-" && standardInput is not null)
            {
                results.Add(ReadInput(standardInput, options ?? ManifestReadOptions.Default));
                WarnIfEmpty(path, results, before);
            }
            else if (Directory.Exists(path))
            {
                ReadFolder(path, seen, results, options);
            }
            else
            {
                ReadFile(path, seen, results, options);
                WarnIfEmpty(path, results, before);
            }
        }

        return ManifestReadResult.Join(results);
    }

    // In a folder, files of comments only are nothing unusual.
    private static void WarnIfEmpty(string path, List<ManifestReadResult> results, int before)
    {
        if (results.Count > before && results[^1] is { DocumentCount: 0, Diagnostics.IsEmpty: true })
        {
            results[^1] = Failure(path, Findings.NothingToRead, "there is no document in it");
        }
    }

    private static void ReadFolder(string folder, HashSet<string> seen, List<ManifestReadResult> results, ManifestReadOptions? options)
    {
        int before = results.Count;
        int known = seen.Count;
        try
        {
            foreach (string file in FilesOf(folder))
            {
                ReadFile(file, seen, results, options);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            results.Add(Failure(folder, Findings.UnreadableFile, $"folder cannot be read: {Reason(e)}"));
        }

        if (results.Count == before && seen.Count == known)
        {
            results.Add(Failure(folder, Findings.NothingToRead, "folder holds no .yaml, .yml or .json file"));
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

    private static ManifestReadResult ReadInput(TextReader input, ManifestReadOptions options)
    {
        // One character beyond what can fit tells that it does not.
        StringBuilder text = new();
        char[] buffer = new char[1 << 16];
        while (text.Length <= options.MaxBytes && input.Read(buffer) is var count and > 0)
        {
            text.Append(buffer, 0, count);
        }

        return Read(text.ToString(), "-", options);
    }

    private static void ReadFile(string file, HashSet<string> seen, List<ManifestReadResult> results, ManifestReadOptions? options)
    {
        if (file.Length == 0)
        {
            results.Add(Failure(file, Findings.UnreadableFile, "a path is empty, expected a file or folder"));
            return;
        }

        if (!seen.Add(Path.GetFullPath(file)))
        {
            return;
        }

        try
        {
            ManifestReadOptions limits = options ?? ManifestReadOptions.Default;
            results.Add(ReadBytes(file, Math.Min(limits.MaxBytes, Array.MaxLength - 1)) is { } bytes
                ? Read(bytes, file, limits)
                : TooLarge(new ReadState(file, limits)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or TimeoutException)
        {
            results.Add(Failure(file, Findings.UnreadableFile, Reason(e)));
        }
    }

    // Null if there is more than the limit. Devices and pipes do not know their length.
    private static ReadOnlyMemory<byte>? ReadBytes(string file, long limit)
    {
        using FileStream stream = Open(file);
        if (stream.CanSeek && stream.Length > limit)
        {
            return null;
        }

        MemoryStream content = new(stream.CanSeek ? (int)stream.Length : 0);
        byte[] buffer = new byte[1 << 16];
        while (stream.Read(buffer) is var count and > 0)
        {
            content.Write(buffer, 0, count);
            if (content.Length > limit)
            {
                return null;
            }
        }

        return content.GetBuffer().AsMemory(0, (int)content.Length);
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

    private static FileStream OpenNow(string file) => new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);

    private static string Reason(Exception e) => e switch
    {
        TimeoutException => "it is a pipe that nobody writes to",
        FileNotFoundException or DirectoryNotFoundException => "there is no such file or folder",
        UnauthorizedAccessException => "reading is not permitted",
        _ => "reading failed",
    };

    private static ManifestReadResult Failure(string file, DiagnosticDescriptor descriptor, string message) =>
        new([], [new Diagnostic(descriptor, message, new SourceSpan(file, 0, 0))], 0);

    private static ManifestReadResult TooLarge(ReadState state)
    {
        state.Report(Findings.TextTooLarge, $"text is larger than {state.Options.MaxBytes} bytes", new SourceSpan(state.File, 1, 1));
        return Result(state, [], []);
    }

    private static ManifestReadResult ReadText(string text, ReadState state)
    {
        if (LooksLikeJson(text))
        {
            // JSON may hold more kinds of characters than YAML, but no halves.
            return IndexOfHalf(text) is var half && half >= 0 ? BadCharacter(text, half, state) : ReadJson(Encoding.UTF8.GetBytes(text), text, state);
        }

        return IndexOfBadCharacter(text) is var bad && bad >= 0 ? BadCharacter(text, bad, state) : ReadDocuments(YamlNodes.Read(text, state), state);
    }

    private static ManifestReadResult BadCharacter(string text, int offset, ReadState state)
    {
        string why = text[offset] is '\u0085' or '\u2028' or '\u2029' ? ", which some readers take for the end of a line" : "";
        state.Report(Findings.BadCharacter, $"text holds the character U+{(int)text[offset]:X4}{why}", new SourceText(state.File, text).SpanAt(offset));
        return Result(state, [], []);
    }

    private static ManifestReadResult ReadJson(ReadOnlySpan<byte> utf8, string? text, ReadState state)
    {
        if (JsonNodes.TryRead(utf8, state, out List<NodeDocument> documents))
        {
            return ReadDocuments(documents, state);
        }

        // YAML's flow style starts like JSON. What neither can read is reported as JSON.
        ReadState yaml = new(state.File, state.Options);
        text ??= Encoding.UTF8.GetString(utf8);
        if (IndexOfBadCharacter(text) < 0)
        {
            List<NodeDocument> flow = YamlNodes.Read(text, yaml);
            if (yaml.Diagnostics.TrueForAll(diagnostic => diagnostic.Descriptor != Findings.YamlSyntax))
            {
                return ReadDocuments(flow, yaml);
            }
        }

        return ReadDocuments(documents, state);
    }

    private static ManifestReadResult ReadDocuments(List<NodeDocument> documents, ReadState state)
    {
        ObjectReader reader = new(state);
        int count = 0;
        foreach (NodeDocument document in documents)
        {
            if (document.Root is { IsNull: true } && document.IsSound)
            {
                continue;
            }

            count++;
            state.Document = document.Index;
            if (document.Root is not null)
            {
                reader.Read(document.Root, document.IsSound);
            }
        }

        return Result(state, reader.Manifests, reader.Damaged, count);
    }

    private static ManifestReadResult Result(ReadState state, List<Manifest> manifests, List<Manifest> damaged, int count = 1) =>
        new(manifests.ToEquatableArray(), state.Diagnostics.ToEquatableArray(), count) { Damaged = damaged.ToEquatableArray() };

    private static bool LooksLikeJson(ReadOnlySpan<char> text) => text.TrimStart(" \t\r\n") is ['{' or '[', ..];

    private static bool LooksLikeJson(ReadOnlySpan<byte> utf8) => utf8.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'[', ..];

    private static int IndexOfHalf(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return i;
            }
        }

        return -1;
    }

    // Control characters other than tab and line breaks, what only YAML 1.1 takes for line breaks, marks and halves that are no characters.
    private static int IndexOfBadCharacter(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c is >= ' ' and < '\u007F' or '\n' or '\r' or '\t')
            {
                continue;
            }

            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (c < '\u00A0' || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF')
            {
                return i;
            }
        }

        return -1;
    }

    private static SourceSpan PlaceOfInvalidByte(ReadOnlySpan<byte> bytes, string? file)
    {
        int offset = 0;
        while (offset < bytes.Length && Rune.DecodeFromUtf8(bytes[offset..], out _, out int consumed) == System.Buffers.OperationStatus.Done)
        {
            offset += consumed;
        }

        SourceText before = new(file, Encoding.UTF8.GetString(bytes[..offset]));
        return before.SpanAt(before.Text.Length);
    }
}
