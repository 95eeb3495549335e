using System.Diagnostics;
using System.Globalization;
using System.Runtime.ExceptionServices;

namespace NetPolicy.Enforce.Lab;

/// <summary>A network namespace of this machine, in which actions and processes can be run.</summary>
/// <remarks>
/// An anonymous namespace lives as long as this object (or a process or socket in it): the kernel removes it, its interfaces and its rules
/// when the owning process ends, however it ends. A named one is a file in <c>/run/netns</c>, as <c>ip netns</c> makes it, and stays.
/// Actions run on a thread of their own, never a pool thread, and must not await. Safe for use by several threads.
/// </remarks>
public sealed class NetworkNamespace : IDisposable
{
    /// <summary>What the names of namespaces made by <see cref="CreateNamed"/> begin with.</summary>
    public const string Prefix = "netpol-lab-";

    private const string NamesFolder = "/run/netns";
    private static int s_named;

    private readonly bool _deleteName;
    private int _descriptor;

    private NetworkNamespace(int descriptor, string? name, bool deleteName)
    {
        _descriptor = descriptor;
        Name = name;
        _deleteName = deleteName;
    }

    /// <summary>The name under <c>/run/netns</c>; <see langword="null"/> for an anonymous namespace.</summary>
    public string? Name { get; }

    /// <summary>A path other processes of this user can open it by while this object lives.</summary>
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}/fd/{Descriptor}");

    /// <summary>The open descriptor.</summary>
    internal int Descriptor => _descriptor >= 0 ? _descriptor : throw new ObjectDisposedException(nameof(NetworkNamespace));

    /// <summary>Makes an empty namespace without a name.</summary>
    /// <exception cref="LabException">The kernel refused, for want of privilege or of the feature.</exception>
    public static NetworkNamespace CreateAnonymous()
    {
        int descriptor = -1;
        OnOwnThread(() =>
        {
            LibC.Check(LibC.Unshare(LibC.CloneNewNet), "unshare(CLONE_NEWNET)");
            descriptor = OpenPath("/proc/thread-self/ns/net");
        });
        return new NetworkNamespace(descriptor, null, deleteName: false);
    }

    /// <summary>Makes an empty namespace that <c>ip netns exec</c> and <c>netpol apply --netns</c> can name. Disposing deletes it; <see cref="Sweep"/> does if this process cannot.</summary>
    /// <param name="purpose">The end of its name: letters, digits and hyphens.</param>
    /// <exception cref="LabException"><c>ip netns add</c> failed.</exception>
    public static NetworkNamespace CreateNamed(string purpose)
    {
        ArgumentException.ThrowIfNullOrEmpty(purpose);
        if (purpose.Any(c => !char.IsAsciiLetterOrDigit(c) && c != '-'))
        {
            throw new ArgumentException("letters, digits and hyphens only", nameof(purpose));
        }

        int number = Interlocked.Increment(ref s_named);
        string name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-{StartTime(Environment.ProcessId)}-{number}-{purpose}");
        ChildProcess.Run("ip", ["netns", "add", name], "").ThrowIfFailed();
        return new NetworkNamespace(OpenPath(System.IO.Path.Combine(NamesFolder, name)), name, deleteName: true);
    }

    /// <summary>Opens a namespace that <c>ip netns add</c> named.</summary>
    /// <param name="name">Its name: no slash, not empty.</param>
    /// <exception cref="LabException">There is none of that name, or it may not be opened.</exception>
    public static NetworkNamespace Open(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Contains('/', StringComparison.Ordinal) || name is "." or "..")
        {
            throw new ArgumentException("a name, not a path", nameof(name));
        }

        return new NetworkNamespace(OpenPath(System.IO.Path.Combine(NamesFolder, name)), name, deleteName: false);
    }

    /// <summary>Deletes named namespaces that a process which no longer lives left behind. What this user may not delete stays.</summary>
    /// <returns>The names deleted, in ordinal order.</returns>
    /// <exception cref="LabException">The program <c>ip</c> could not be started.</exception>
    public static IReadOnlyList<string> Sweep()
    {
        if (!Directory.Exists(NamesFolder))
        {
            return [];
        }

        List<string> swept = [];
        foreach (string path in Directory.GetFiles(NamesFolder, Prefix + "*").Order(StringComparer.Ordinal))
        {
            string name = System.IO.Path.GetFileName(path);
            string[] parts = name[Prefix.Length..].Split('-');
            if (parts.Length < 4
                || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                || StartTime(process) == parts[1])
            {
                continue;
            }

            if (ChildProcess.Run("ip", ["netns", "delete", name], "").ExitCode == 0)
            {
                swept.Add(name);
            }
        }

        return swept;
    }

    /// <summary>Runs an action inside, on a thread of its own, and waits for it. What it throws is thrown here.</summary>
    public void Run(Action action)
    {
        ArgumentNullException.ThrowIfNull(action);
        OnOwnThread(() =>
        {
            Enter();
            action();
        });
    }

    /// <summary>Runs a function inside, on a thread of its own, and waits for its value. What it throws is thrown here.</summary>
    public T Run<T>(Func<T> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        T value = default!;
        Run(() => { value = function(); });
        return value;
    }

    /// <summary>Runs a program inside and waits for it.</summary>
    /// <param name="program">The program, looked for in PATH.</param>
    /// <param name="arguments">Its arguments, passed as they are.</param>
    /// <param name="input">Its standard input.</param>
    /// <exception cref="LabException">The program could not be started.</exception>
    public NamespaceProcessResult RunProcess(string program, IReadOnlyList<string> arguments, string input = "") =>
        Run(() => ChildProcess.Run(program, arguments, input));

    /// <summary>Starts a program inside and does not wait for it.</summary>
    /// <returns>The process, which the caller disposes.</returns>
    /// <exception cref="LabException">The program could not be started.</exception>
    public Process StartProcess(ProcessStartInfo start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return Run(() => ChildProcess.Start(start));
    }

    /// <summary>Lets go of the namespace: an anonymous one ends unless something still uses it, and one made by <see cref="CreateNamed"/> loses its name.</summary>
    public void Dispose()
    {
        int descriptor = Interlocked.Exchange(ref _descriptor, -1);
        if (descriptor < 0)
        {
            return;
        }

        _ = LibC.Close(descriptor);
        if (_deleteName && Name is not null)
        {
            ChildProcess.Run("ip", ["netns", "delete", Name], "").ThrowIfFailed();
        }
    }

    /// <summary>Moves the calling thread inside for good. Only for threads that do nothing else afterwards.</summary>
    internal void Enter() => LibC.Check(LibC.SetNamespace(Descriptor, LibC.CloneNewNet), "setns");

    /// <summary>Runs an action on a fresh thread and rethrows what it throws.</summary>
    internal static void OnOwnThread(Action action)
    {
        ExceptionDispatchInfo? thrown = null;
        Thread thread = new(() =>
        {
            try
            {
                action();
            }
#pragma warning disable CA1031 // Whatever it is, it is rethrown on the caller's thread.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                thrown = ExceptionDispatchInfo.Capture(exception);
            }
        })
        { IsBackground = true, Name = "network namespace" };
        thread.Start();
        thread.Join();
        thrown?.Throw();
    }

    private static int OpenPath(string path) =>
        LibC.Check(LibC.Open(path, LibC.OpenReadOnlyCloseOnExec), "open " + path);

    /// <summary>The start time of a process in clock ticks since boot, which with its id tells it from a later one of the same id; null if there is none.</summary>
    private static string? StartTime(int process)
    {
        try
        {
            string line = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return line[(line.LastIndexOf(')') + 2)..].Split(' ')[19];
        }
        catch (IOException)
        {
            return null;
        }
    }
}
