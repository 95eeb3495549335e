using System.IO.MemoryMappedFiles;

namespace NetPolicy.Fuzz.Runs;

/// <summary>Remembers in a file the number of the input that is being read, so that it is known even if the process dies.</summary>
internal sealed class CurrentInput : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public CurrentInput(string folder)
    {
        Directory.CreateDirectory(folder);
        _file = MemoryMappedFile.CreateFromFile(PathIn(folder), FileMode.Create, null, 16);
        _view = _file.CreateViewAccessor();
    }

    public void Start(ulong number)
    {
        _view.Write(0, number);
        _view.Write(8, 1UL);
    }

    public void Finish() => _view.Write(8, 0UL);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>The number of the input that was being read when the process died; null if it came to its end.</summary>
    public static ulong? Left(string folder)
    {
        string path = PathIn(folder);
        byte[] bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        return bytes.Length == 16 && BitConverter.ToUInt64(bytes, 8) == 1 ? BitConverter.ToUInt64(bytes, 0) : null;
    }

    private static string PathIn(string folder) => Path.Combine(folder, "current");
}
