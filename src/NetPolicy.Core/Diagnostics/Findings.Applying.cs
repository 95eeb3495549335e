namespace NetPolicy.Diagnostics;

/// <content>NP5xxx: what happens, or would happen, on the machine where a ruleset is applied.</content>
public static partial class Findings
{
    /// <summary>NP5001.</summary>
    public static readonly DiagnosticDescriptor LockedOut = Error("NP5001", "Applying would cut a connection that manages the machine", "add an Allow rule or a failsafe port for it; `--no-lockout-check` applies regardless");

    /// <summary>NP5002.</summary>
    public static readonly DiagnosticDescriptor ManagementNotJudged = Warning("NP5002", "Connection that manages the machine cannot be judged", "make sure by other means that it survives, or name what must survive with `--keep`");

    /// <summary>NP5010.</summary>
    public static readonly DiagnosticDescriptor AvoidsRules = Error("NP5010", "Packets may avoid the rules", "switch it off; `--accept-unenforced` and its name go on in spite of it");

    /// <summary>NP5011.</summary>
    public static readonly DiagnosticDescriptor WorkloadNotEnforced = Error("NP5011", "Policy of a workload is not enforced", "correct the workload's interface or route; `--accept-unenforced pod:NAMESPACE/NAME` goes on in spite of it");

    /// <summary>NP5012.</summary>
    public static readonly DiagnosticDescriptor WorkloadAbsent = Warning("NP5012", "Workload is not on the machine", "nothing to do if it is still starting: the rules for it are there before its interface is");

    /// <summary>NP5013.</summary>
    public static readonly DiagnosticDescriptor HostNotReadable = Error("NP5013", "Part of the machine could not be looked at", "run as root or install the program; `--accept-unenforced unread` goes on without knowing");

    /// <summary>NP5014.</summary>
    public static readonly DiagnosticDescriptor ForeignDrop = Warning("NP5014", "Rules of others may deny what policy allows", "nothing to do if that is meant; an accept in one table never overrules a drop in another");

    /// <summary>NP5015.</summary>
    public static readonly DiagnosticDescriptor OtherEngine = Error("NP5015", "Another engine enforces policy here", "remove the other engine's rules first; `--accept-unenforced engine` goes on in spite of them");

    /// <summary>NP5016.</summary>
    public static readonly DiagnosticDescriptor BridgedWorkloadNotEnforced = Error("NP5016", "Workload behind a bridge is not enforced", "name its port and link-layer address by `--bridge-ports`; `--accept-unenforced pod:NAMESPACE/NAME` goes on in spite of it");

    /// <summary>NP5017.</summary>
    public static readonly DiagnosticDescriptor BridgeAvoidsRules = Error("NP5017", "Bridge keeps packets from the rules", "correct the bridge or the setting; `--accept-unenforced bridge:NAME` goes on in spite of it");

    /// <summary>NP5020.</summary>
    public static readonly DiagnosticDescriptor TranslationDiffers = Error("NP5020", "Rules decide otherwise than policy", "nothing was applied; report this with the documents, it is a defect of netpol");

    /// <summary>NP5030.</summary>
    public static readonly DiagnosticDescriptor KernelLacks = Error("NP5030", "The kernel does not know what the rules need", "nothing was changed; load the module of nf_tables that is missing, or use a kernel that has it");

    /// <summary>NP5031.</summary>
    public static readonly DiagnosticDescriptor AppliedElsewhere = Error("NP5031", "Another process is applying rules", "nothing was changed; wait for the other process, or end it if it is not meant to run");
}
