using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using NetPolicy.Diagnostics;
using NetPolicy.Enforce.Lab;
using NetPolicy.Engine;

namespace NetPolicy.Enforce.State;

/// <summary>
/// Lets one process at a time change a table of a network namespace. The kernel holds the lock for the process, and lets go of it when that ends, however it ends.
/// </summary>
internal sealed partial class ApplyLock : IDisposable
{
    /// <summary>Where locks are; of this boot, and nobody but their owner may look into it.</summary>
    public const string DefaultFolder = "/run/netpol";

    private const int CreateReadWrite = 0x80042 | 0x20000; // O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW
    private const int OwnerOnly = 0x180;
    private const int Exclusive = 2 | 4; // LOCK_EX | LOCK_NB
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private int _descriptor;

    private ApplyLock(string path, int descriptor)
    {
        _path = path;
        _descriptor = descriptor;
    }

    /// <summary>Where a lock may be: those who may not write to the first folder are not those who may, and take the next.</summary>
    /// <param name="state">Where rulesets are kept; null for nowhere.</param>
    public static IEnumerable<string> Folders(string? state) =>
        new[] { DefaultFolder, state, Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } own ? Path.Combine(own, "netpol") : null }.OfType<string>();

    /// <summary>Takes the lock.</summary>
    /// <param name="folders">Where it may be: the first that can be written.</param>
    /// <param name="place">The network namespace, as the kernel numbers it.</param>
    /// <param name="table">The table.</param>
    /// <param name="wait">How long to wait for another process.</param>
    /// <exception cref="NftException">NP5031: another process has it for longer than that.</exception>
    /// <exception cref="StateException">No folder can be written.</exception>
    public static ApplyLock Take(IEnumerable<string> folders, string place, string table, TimeSpan wait)
    {
        string name = $"lock-{place}-{table}";
        List<string> refusals = [];
        foreach (string folder in folders)
        {
            try
            {
                if (!OperatingSystem.IsWindows())
                {
                    Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                }

                return Take(Path.Combine(folder, name), table, wait);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or LabException)
            {
                refusals.Add($"`{folder}`: {exception.Message}");
            }
        }

        throw new StateException($"the lock of table `{table}` cannot be made: {string.Join("; ", refusals)}");
    }

    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor < 0)
        {
            return;
        }

        // Whoever waits for this file sees that it is gone, and makes another.
        File.Delete(_path);
        _ = LibC.Close(descriptor);
    }

    private static ApplyLock Take(string path, string table, TimeSpan wait)
    {
        long end = Environment.TickCount64 + (long)wait.TotalMilliseconds;
        while (true)
        {
            int descriptor = LibC.Check(OpenFile(path, CreateReadWrite, OwnerOnly), "open " + path);
            while (Lock(descriptor, Exclusive) < 0)
            {
                if (Marshal.GetLastPInvokeError() is not (LibC.TryAgain or LibC.Interrupted))
                {
                    LabException failure = LibC.Failure("flock " + path);
                    _ = LibC.Close(descriptor);
                    throw failure;
                }

                if (Environment.TickCount64 >= end)
                {
                    string holder = Holder(descriptor);
                    _ = LibC.Close(descriptor);
                    throw new NftException(new Diagnostic(
                        Findings.AppliedElsewhere,
                        string.Create(CultureInfo.InvariantCulture, $"{holder} is applying rules to table `{table}`, expected it to end within {wait.TotalSeconds:0.#} s"),
                        new SourceSpan("machine", 0, 0)));
                }

                Thread.Sleep(s_pause);
            }

            if (IsThere(descriptor))
            {
                Say(descriptor);
                return new ApplyLock(path, descriptor);
            }

            _ = LibC.Close(descriptor);
        }
    }

    // The one before may have deleted the file between opening and locking it.
    private static bool IsThere(int descriptor) =>
        new FileInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor}")).LinkTarget?.EndsWith(" (deleted)", StringComparison.Ordinal) == false;

    // Through the descriptor: the framework's files take locks of their own.
    private static void Say(int descriptor)
    {
        using SafeFileHandle file = new(descriptor, ownsHandle: false);
        RandomAccess.Write(file, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString("D10", CultureInfo.InvariantCulture)), 0);
    }

    private static string Holder(int descriptor)
    {
        try
        {
            using SafeFileHandle file = new(descriptor, ownsHandle: false);
            byte[] bytes = new byte[10];
            return RandomAccess.Read(file, bytes, 0) == bytes.Length && int.TryParse(Encoding.ASCII.GetString(bytes), NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                ? string.Create(CultureInfo.InvariantCulture, $"process {process} (`{File.ReadAllText($"/proc/{process}/comm").TrimEnd()}`)")
                : "another process";
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenFile(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(int descriptor, int operation);
}
