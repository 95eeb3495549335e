using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.Netlink;

namespace NetPolicy.Enforce.State;

/// <summary>
/// A folder that keeps the rulesets of a machine. Each file is written beside its place, made durable, and then takes it in one step, so that whoever reads it, also
/// after a crash, sees the old or the new one; a checksum tells whether it is whole. What is damaged is never used.
/// </summary>
public sealed partial class StateStore
{
    /// <summary>Where the state of this machine is kept unless somebody says otherwise.</summary>
    public const string DefaultFolder = "/var/lib/netpol";

    private const string Heading = "netpol state";
    private const int Version = 1;

    /// <summary>A store; the folder is made when something is written.</summary>
    /// <param name="folder">The folder.</param>
    public StateStore(string folder = DefaultFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The file of a slot.</summary>
    public string FileOf(StateSlot slot) => Path.Combine(Folder, slot switch
    {
        StateSlot.Confirmed => "confirmed",
        StateSlot.Previous => "previous",
        StateSlot.Pending => "pending",
        _ => throw new ArgumentOutOfRangeException(nameof(slot)),
    });

    /// <summary>What a slot holds; null if it is empty.</summary>
    /// <exception cref="StateException">The file is damaged, of a later version, or cannot be read.</exception>
    public SavedRuleset? Read(StateSlot slot)
    {
        if (ReadBytes(slot) is not { } bytes)
        {
            return null;
        }

        string file = FileOf(slot);
        int end = Array.IndexOf(bytes, (byte)'\n');
        string[] words = end is > 0 and < 200 ? Encoding.ASCII.GetString(bytes, 0, end).Split(' ') : [];
        if (words.Length != 5 || $"{words[0]} {words[1]}" != Heading || !int.TryParse(words[2], NumberStyles.None, CultureInfo.InvariantCulture, out int version))
        {
            throw new StateException($"`{file}` is no state of netpol, expected a first line beginning with `{Heading} {Version}`");
        }

        if (version != Version)
        {
            throw new StateException($"`{file}` is state of version {version}, expected {Version}: it was written by another version of netpol");
        }

        byte[] body = bytes[(end + 1)..];
        if (words[3] != body.Length.ToString(CultureInfo.InvariantCulture) || words[4] != Convert.ToHexStringLower(SHA256.HashData(body)))
        {
            throw new StateException($"`{file}` is damaged: its content does not match its checksum; it is not used, apply again to replace it");
        }

        try
        {
            return SavedRuleset.Read(body);
        }
        catch (Exception exception) when (exception is FormatException or JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new StateException($"`{file}` cannot be understood: {exception.Message}; it is not used, apply again to replace it", exception);
        }
    }

    /// <summary>When a slot was last written, in universal time; null if it is empty.</summary>
    public DateTime? ChangedAt(StateSlot slot) => File.Exists(FileOf(slot)) ? File.GetLastWriteTimeUtc(FileOf(slot)) : null;

    /// <summary>Fills a slot.</summary>
    /// <exception cref="StateException">The file system refused.</exception>
    public void Write(StateSlot slot, SavedRuleset saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        byte[] body = saved.ToBytes();
        string heading = string.Create(CultureInfo.InvariantCulture, $"{Heading} {Version} {body.Length} {Convert.ToHexStringLower(SHA256.HashData(body))}\n");
        WriteBytes(slot, [.. Encoding.ASCII.GetBytes(heading), .. body]);
    }

    /// <summary>Makes <paramref name="saved"/> the confirmed ruleset, the one that was it the previous one, and nothing pending.</summary>
    /// <exception cref="StateException">The file system refused.</exception>
    public void Confirm(SavedRuleset saved)
    {
        if (ReadBytes(StateSlot.Confirmed) is { } before)
        {
            WriteBytes(StateSlot.Previous, before);
        }

        Write(StateSlot.Confirmed, saved);
        Clear(StateSlot.Pending);
    }

    /// <summary>Empties a slot.</summary>
    /// <exception cref="StateException">The file system refused.</exception>
    public void Clear(StateSlot slot) => Try(FileOf(slot), () =>
    {
        if (File.Exists(FileOf(slot)))
        {
            File.Delete(FileOf(slot));
            MakeDurable(Folder);
        }

        return 0;
    });

    /// <summary>Takes away everything that was kept, and the folder if nothing else is in it. False if there was nothing.</summary>
    /// <exception cref="StateException">The file system refused.</exception>
    public bool Delete() => Directory.Exists(Folder) && Try(Folder, () =>
    {
        bool any = false;
        foreach (StateSlot slot in Enum.GetValues<StateSlot>())
        {
            any |= File.Exists(FileOf(slot));
            File.Delete(FileOf(slot));
            File.Delete(FileOf(slot) + ".new");
        }

        if (!Directory.EnumerateFileSystemEntries(Folder).Any())
        {
            Directory.Delete(Folder);
        }

        return any;
    });

    private byte[]? ReadBytes(StateSlot slot) => Try(FileOf(slot), () => File.Exists(FileOf(slot)) ? File.ReadAllBytes(FileOf(slot)) : null);

    private void WriteBytes(StateSlot slot, byte[] bytes) => Try(FileOf(slot), () =>
    {
        string file = FileOf(slot);
        string beside = file + ".new";
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        using (FileStream stream = new(beside, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            stream.Write(bytes, 0, bytes.Length / 2);
            stream.Flush();
            Interruption.At(StopPoint.StateHalfWritten);
            stream.Write(bytes, bytes.Length / 2, bytes.Length - (bytes.Length / 2));
            stream.Flush(flushToDisk: true);
        }

        Interruption.At(StopPoint.StateWritten);
        File.Move(beside, file, overwrite: true);
        MakeDurable(Folder);
        Interruption.At(StopPoint.StateMoved);
        return 0;
    });

    // A rename is durable when the folder is.
    private static void MakeDurable(string folder)
    {
        int descriptor = LibC.Check(LibC.Open(folder, LibC.OpenReadOnlyCloseOnExec), "open " + folder);
        int result = Synchronize(descriptor);
        int error = Marshal.GetLastPInvokeError();
        _ = LibC.Close(descriptor);
        if (result < 0)
        {
            throw new IOException($"fsync {folder}: {Marshal.GetPInvokeErrorMessage(error)}");
        }
    }

    private static T Try<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or LabException)
        {
            throw new StateException($"`{path}` cannot be read or written: {exception.Message}", exception);
        }
    }

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Synchronize(int descriptor);
}
