using NetPolicy.Enforce.Safety;

namespace NetPolicy.Cli;

/// <summary>Gives up, before anything else happens, what a command that works on the machine does not need.</summary>
internal static class LeastPrivilege
{
    private static readonly string[] s_commands = ["apply", "agent", "confirm", "rollback", "status", "uninstall", "trace", "flows"];

    /// <summary>Keeps CAP_NET_ADMIN, and of others what the arguments ask for. Does nothing for commands that work on documents, or build a lab.</summary>
    public static void Take(string[] args)
    {
        if (!OperatingSystem.IsLinux() || args.Length == 0 || !s_commands.Contains(args[0]) || !Privileges.Has(Capability.NetAdmin))
        {
            return;
        }

        // Whoever started us may be looked at now, and not any more afterwards.
        if (CallerSession.Find() is { } session)
        {
            Environment.SetEnvironmentVariable("SSH_CONNECTION", session);
        }

        List<Capability> kept = [Capability.NetAdmin];
        if (args.Any(a => a.StartsWith("--netns", StringComparison.Ordinal) || a == "--canary"))
        {
            kept.Add(Capability.SystemAdmin);
        }

        if (args.Contains("--canary"))
        {
            kept.Add(Capability.NetRaw);
        }

        if (args[0] is "apply" or "agent" or "status" or "rollback" && !args.Contains("--boot"))
        {
            kept.Add(Capability.SystemTrace);
        }

        if (!Privileges.KeepOnly(kept))
        {
            Console.Error.WriteLine("netpol: privileges that are not needed could not be given up");
        }
    }
}
