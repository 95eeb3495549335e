using System.Globalization;
using System.Text;

namespace NetPolicy.Cli.Input;

/// <summary>Files and folders of documents, and whether they look otherwise than when they were last read.</summary>
internal sealed class WatchedPaths(IReadOnlyList<string> paths)
{
    private static readonly string[] s_endings = [".yaml", ".yml", ".json"];

    private string _known = Look(paths);
    private string _last = "";

    /// <summary>
    /// True if they differ, and have not changed since this was asked before: whoever writes several files, or one in pieces, gets to end. True once for each change.
    /// </summary>
    public bool HaveChanged()
    {
        string now = Look(paths);
        bool isSteady = now == _last;
        _last = now;
        if (!isSteady || now == _known)
        {
            return false;
        }

        _known = now;
        return true;
    }

    // Names, lengths and times, as a listing shows them.
    private static string Look(IReadOnlyList<string> paths)
    {
        StringBuilder text = new();
        foreach (string path in paths)
        {
            foreach (FileInfo file in FilesOf(path).OrderBy(f => f.FullName, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{file.FullName}\0{(file.Exists ? file.Length : -1)}\0{file.LastWriteTimeUtc.Ticks}\n");
            }
        }

        return text.ToString();
    }

    private static IEnumerable<FileInfo> FilesOf(string path)
    {
        try
        {
            return Directory.Exists(path)
                ? [.. new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Where(f => s_endings.Contains(f.Extension))]
                : [new FileInfo(path)];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It went while it was listed: the next look tells.
            return [];
        }
    }
}
