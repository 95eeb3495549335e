namespace NetPolicy.Enforce.Lab;

/// <summary>Whether this machine can run a lab.</summary>
/// <param name="Missing">What is missing, one sentence each with what to install or do; empty if nothing is.</param>
public sealed record LabSupport(IReadOnlyList<string> Missing)
{
    /// <summary>Whether a lab can be built.</summary>
    public bool IsAvailable => Missing.Count == 0;

    /// <summary>Whether this process is root.</summary>
    public bool IsRoot { get; init; }

    /// <summary>The sentences of <see cref="Missing"/> in one line; empty if nothing is missing.</summary>
    public string Reason => string.Join(' ', Missing);

    /// <summary>Looks at the machine: programs, privilege, and by trying it in a namespace of its own, the kernel. Takes some 20 ms.</summary>
    public static LabSupport Check()
    {
        if (!OperatingSystem.IsLinux())
        {
            return new LabSupport(["The lab needs Linux."]);
        }

        List<string> missing = [];
        Require(missing, HasProgram("nft"), "The program `nft` is missing: install the Debian package nftables.");
        Require(missing, HasProgram("ip"), "The program `ip` is missing: install the Debian package iproute2.");
        bool root = LibC.EffectiveUser() == 0;
        Require(missing, root, "The lab needs root: run as root, or inside `unshare -Urnm` (Debian package util-linux).");
        if (missing.Count == 0)
        {
            CheckKernel(missing);
        }

        return new LabSupport(missing) { IsRoot = root };
    }

    private static void CheckKernel(List<string> missing)
    {
        NetworkNamespace space;
        try
        {
            space = NetworkNamespace.CreateAnonymous();
        }
        catch (LabException exception)
        {
            missing.Add($"The kernel makes no network namespace ({exception.Output}): run on a Debian kernel (package linux-image-amd64), in a container with the capability SYS_ADMIN.");
            return;
        }

        using (space)
        {
            NamespaceProcessResult veth = space.RunProcess("ip", ["link", "add", "v0", "type", "veth", "peer", "name", "v1"]);
            Require(missing, veth.ExitCode == 0, $"The kernel makes no veth pair ({veth.Error.Trim()}): run on a Debian kernel (package linux-image-amd64) with the module veth.");
            NamespaceProcessResult nft = space.RunProcess("nft", ["-f", "-"], "table inet t { chain c { type nat hook prerouting priority -100; ct state new accept; }; }");
            Require(missing, nft.ExitCode == 0, $"The kernel takes no nftables rules ({nft.Error.Trim()}): run on a Debian kernel (package linux-image-amd64) with the modules nf_tables, nft_chain_nat and nft_ct.");
        }
    }

    private static bool HasProgram(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, name)));

    private static void Require(List<string> missing, bool holds, string sentence)
    {
        if (!holds)
        {
            missing.Add(sentence);
        }
    }
}
