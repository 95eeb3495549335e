using System.CommandLine;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Safety;
using NetPolicy.Enforce.State;

namespace NetPolicy.Cli.Input;

/// <summary>Which machine is meant, and where its rulesets are kept.</summary>
internal sealed class StateOptions
{
    private readonly Option<string?> _netns = CommonOptions.NetworkNamespace();
    private readonly Option<string?> _state = new("--state")
    {
        Description = $"Folder that keeps confirmed rulesets, {StateStore.DefaultFolder} if absent; with --netns none is kept unless it is given.",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_netns);
        command.Options.Add(_state);
    }

    /// <summary>The network namespace; null for this machine.</summary>
    public string? Netns(ParseResult parsed) => parsed.GetValue(_netns);

    /// <summary>How messages call the machine.</summary>
    public string Where(ParseResult parsed) => Netns(parsed) is { } netns ? $"network namespace {netns}" : "this machine";

    /// <summary>Where its rulesets are kept; null for nowhere.</summary>
    public StateStore? Store(ParseResult parsed) => (parsed.GetValue(_state), Netns(parsed)) switch
    {
        ({ Length: > 0 } folder, _) => new StateStore(Path.GetFullPath(folder)),
        (_, null) => new StateStore(),
        _ => null,
    };

    /// <summary>The machine.</summary>
    /// <exception cref="NftException">The process may not change it.</exception>
    public ManagedHost Host(ParseResult parsed)
    {
        if (OperatingSystem.IsLinux())
        {
            Require(Capability.NetAdmin, "CAP_NET_ADMIN");
            if (Netns(parsed) is not null)
            {
                Require(Capability.SystemAdmin, "CAP_SYS_ADMIN, to enter the network namespace");
            }
        }

        return new(Netns(parsed), Store(parsed));
    }

    private static void Require(Capability capability, string what)
    {
        if (!Privileges.Has(capability))
        {
            throw new NftException($"this needs {what}: run as root");
        }
    }
}
