namespace NetPolicy.Diagnostics;

/// <content>NP5xxx: what happens, or would happen, on the machine where a ruleset is applied.</content>
public static partial class Findings
{
    /// <summary>NP5001.</summary>
    public static readonly DiagnosticDescriptor LockedOut = Error("NP5001", "Applying would cut a connection that manages the machine", "add an Allow rule or a failsafe port for it; `--no-lockout-check` applies regardless");

    /// <summary>NP5002.</summary>
    public static readonly DiagnosticDescriptor ManagementNotJudged = Warning("NP5002", "Connection that manages the machine cannot be judged", "make sure by other means that it survives, or name what must survive with `--keep`");
}
