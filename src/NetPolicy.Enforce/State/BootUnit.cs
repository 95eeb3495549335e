using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Enforce.State;

/// <summary>What makes a machine begin its next life with its rules: a systemd unit that runs before there is a network, and the rules for a machine that has none kept.</summary>
public static class BootUnit
{
    /// <summary>The unit's name.</summary>
    public const string Name = "netpol.service";

    /// <summary>Where units of the machine's administrator are.</summary>
    public const string DefaultFolder = "/etc/systemd/system";

    /// <summary>The unit's text.</summary>
    /// <param name="program">The command that runs netpol: absolute path, and arguments if it needs some.</param>
    /// <param name="stateFolder">Where rulesets are kept.</param>
    /// <exception cref="ArgumentException">One of them has a character that a unit reads as something else.</exception>
    public static string Text(string program, string stateFolder)
    {
        ArgumentException.ThrowIfNullOrEmpty(program);
        ArgumentException.ThrowIfNullOrEmpty(stateFolder);
        Check(program, nameof(program));
        Check(stateFolder, nameof(stateFolder));
        return $"""
            [Unit]
            Description=Network policy: the rules that were confirmed last
            Documentation=man:nft(8)
            DefaultDependencies=no
            RequiresMountsFor={stateFolder}
            Wants=network-pre.target
            Before=network-pre.target kubelet.service containerd.service crio.service docker.service shutdown.target
            Conflicts=shutdown.target
            After=local-fs.target systemd-modules-load.service

            [Service]
            Type=oneshot
            RemainAfterExit=yes
            ExecStart={program} rollback --boot --state {stateFolder}
            CapabilityBoundingSet=CAP_NET_ADMIN CAP_DAC_OVERRIDE
            NoNewPrivileges=yes

            [Install]
            WantedBy=sysinit.target
            RequiredBy=kubelet.service

            """.ReplaceLineEndings("\n");
    }

    /// <summary>Rules for a machine of which nothing is known: workloads are closed, the machine itself is open.</summary>
    public static CompiledRuleset Closed()
    {
        const string Node = "apiVersion: v1\nkind: Node\nmetadata: {name: bootstrap}\n";
        return RulesetCompiler.Compile(Snapshot.Of(ManifestReader.Read(Node, "bootstrap").Manifests), "bootstrap");
    }

    private static void Check(string text, string name)
    {
        if (text.Any(c => char.IsControl(c) || c is '%' or '"' or '\'' or '\\' or ';' or '$'))
        {
            throw new ArgumentException($"`{text}` has characters that a unit reads as something else", name);
        }
    }
}
