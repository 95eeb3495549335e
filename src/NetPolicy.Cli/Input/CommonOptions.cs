using System.CommandLine;
using NetPolicy.Engine;
using NetPolicy.Manifests;

namespace NetPolicy.Cli.Input;

/// <summary>Options that several commands share. Each call makes a new one: an option belongs to one command.</summary>
internal static class CommonOptions
{
    public static Argument<string[]> Paths()
    {
        Argument<string[]> paths = new("PATH")
        {
            Description = "Files and folders of YAML or JSON: policies, inventory, or both; - is standard input.",
            Arity = ArgumentArity.OneOrMore,
        };

        // A misspelt option must not be taken for a file.
        paths.Validators.Add(result =>
        {
            foreach (string text in result.Tokens.Select(t => t.Value).Where(t => t.Length > 1 && t[0] == '-'))
            {
                result.AddError($"unknown option `{text}`; write `./{text}` if it is a file");
            }
        });
        return paths;
    }

    public static Option<string> Output(params string[] formats)
    {
        Option<string> option = new("--output", "-o")
        {
            Description = $"Output format: {string.Join(", ", formats)}.",
            DefaultValueFactory = _ => formats[0],
        };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }

    public static Option<string> Fields()
    {
        Option<string> option = new("--fields")
        {
            Description = "Fields that a policy kind does not have: strict refuses them, lenient drops them with a warning as API servers do.",
            DefaultValueFactory = _ => "strict",
        };
        option.AcceptOnlyFromAmong("strict", "lenient");
        return option;
    }

    public static ManifestReadOptions ToReadOptions(string? fields) =>
        ManifestReadOptions.Default with { FieldMode = fields == "lenient" ? FieldMode.Lenient : FieldMode.Strict };

    public static Option<string> Invalid()
    {
        Option<string> option = new("--invalid")
        {
            Description = "Policies with errors: reject all documents, isolate-subject of the policy, or skip it.",
            DefaultValueFactory = _ => "reject",
        };
        option.AcceptOnlyFromAmong("reject", "isolate-subject", "skip");
        return option;
    }

    public static InvalidPolicyMode ToInvalidPolicyMode(string? invalid) => invalid switch
    {
        "isolate-subject" => InvalidPolicyMode.IsolateSubject,
        "skip" => InvalidPolicyMode.Skip,
        _ => InvalidPolicyMode.Reject,
    };

    public static Option<string?> NetworkNamespace() => new("--netns")
    {
        Description = "A network namespace that `ip netns` knows, instead of this machine's own.",
    };

    public static Option<string> Staged()
    {
        Option<string> option = new("--staged")
        {
            Description = "Staged policies: ignored, or taken as-enforced.",
            DefaultValueFactory = _ => "ignored",
        };
        option.AcceptOnlyFromAmong("ignored", "as-enforced");
        return option;
    }

    public static Option<string> HostInput()
    {
        Option<string> option = new("--host-input")
        {
            Description = "What the host's own input rules do with packets that policy returns to them: accept or drop.",
            DefaultValueFactory = _ => "accept",
        };
        option.AcceptOnlyFromAmong("accept", "drop");
        return option;
    }

    public static EngineOptions ToEngineOptions(string? staged, string? hostInput) => new()
    {
        Staged = staged == "as-enforced" ? StagedMode.AsEnforced : StagedMode.Ignored,
        HostInput = hostInput == "drop" ? Engine.HostInput.Drop : Engine.HostInput.Accept,
    };
}
