using System.ComponentModel;
using System.Diagnostics;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Commands;

/// <summary>Installs and removes the unit that loads the confirmed ruleset when the machine starts.</summary>
internal static class Persistence
{
    private static string UnitFile => Path.Combine(BootUnit.DefaultFolder, BootUnit.Name);

    /// <summary>Writes the unit and enables it; where systemd does not run, says what to run.</summary>
    /// <exception cref="StateException">The file system refused.</exception>
    public static void Install(string stateFolder)
    {
        try
        {
            Directory.CreateDirectory(BootUnit.DefaultFolder);
            File.WriteAllText(UnitFile, BootUnit.Text(Program(), stateFolder));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new StateException($"`{UnitFile}` cannot be written: {exception.Message}", exception);
        }

        if (Systemctl("daemon-reload") && Systemctl("enable", BootUnit.Name))
        {
            Console.Out.WriteLine($"`{UnitFile}` loads the confirmed rules when the machine starts");
        }
        else
        {
            Console.Error.WriteLine($"netpol: `{UnitFile}` is written, and systemd does not answer: run `systemctl daemon-reload` and `systemctl enable {BootUnit.Name}`");
        }
    }

    /// <summary>Takes the unit away; false if there was none.</summary>
    /// <exception cref="StateException">The file system refused.</exception>
    public static bool Remove()
    {
        if (!File.Exists(UnitFile))
        {
            return false;
        }

        bool isDisabled = Systemctl("disable", BootUnit.Name);
        try
        {
            File.Delete(UnitFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"`{UnitFile}` cannot be deleted: {exception.Message}", exception);
        }

        if (!isDisabled || !Systemctl("daemon-reload"))
        {
            Console.Error.WriteLine($"netpol: `{UnitFile}` is deleted, and systemd does not answer: run `systemctl daemon-reload`");
        }

        return true;
    }

    private static string Program()
    {
        string process = Environment.ProcessPath ?? "netpol";
        return Path.GetFileNameWithoutExtension(process) == "dotnet" ? $"{process} {Path.Combine(AppContext.BaseDirectory, "netpol.dll")}" : process;
    }

    private static bool Systemctl(params string[] arguments)
    {
        if (!Directory.Exists("/run/systemd/system"))
        {
            return false;
        }

        try
        {
            using Process? process = Process.Start(new ProcessStartInfo("systemctl", arguments));
            process?.WaitForExit();
            return process?.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
