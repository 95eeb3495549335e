using System.IO.MemoryMappedFiles;
using NetPolicy.Enforce.Netlink;

namespace NetPolicy.Chaos;

/// <summary>Says in a file how far a process is. Survives the process, however it ends.</summary>
internal sealed class Marker : IDisposable
{
    private const int Size = 16;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    public Marker(string path)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.OpenOrCreate, null, Size);
        _view = _file.CreateViewAccessor(0, Size);
    }

    /// <summary>The number of the change that is applied, from 1; 0 before the first.</summary>
    public int Change
    {
        get => _view.ReadInt32(0);
        set => _view.Write(0, value);
    }

    /// <summary>The moment reached last.</summary>
    public StopPoint Point
    {
        get => (StopPoint)_view.ReadInt32(4);
        set => _view.Write(4, (int)value);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
