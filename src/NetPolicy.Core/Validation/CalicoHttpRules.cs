using NetPolicy.Collections;
using NetPolicy.Diagnostics;
using NetPolicy.Manifests.Calico;
using NetPolicy.Manifests.Nodes;
using NetPolicy.Ports;

namespace NetPolicy.Validation;

/// <summary>The HTTP clause of a Calico rule (Calico specification §1.5, HTTP).</summary>
internal static class CalicoHttpRules
{
    private const int MaxItems = 20;
    private const int MaxPath = 1024;

    public static void Check(HttpMatch http, CalicoRule rule, Protocol? protocol, FieldPath path, ValidationContext context)
    {
        if (rule.Action != "Allow")
        {
            context.Add(Findings.InvalidHttp, path, Cause.Forbidden, $"`http` stands with action `{rule.Action}`, expected `Allow`");
        }

        if (rule.Protocol is not null && protocol != Protocol.Tcp)
        {
            context.Add(Findings.InvalidHttp, path, Cause.Forbidden, $"`http` stands with protocol `{rule.Protocol}`, expected `TCP` or none");
        }

        EquatableArray<string> methods = http.Methods ?? [];
        ListRules.CheckCount(methods.Count, MaxItems, path.Child("methods"), "methods", context);
        ListRules.CheckUnique(methods, path.Child("methods"), context);
        for (int i = 0; i < methods.Count; i++)
        {
            if (methods[i].Length == 0)
            {
                context.Add(Findings.InvalidHttp, path.Child("methods").At(i), Cause.Invalid, "method is empty, expected a name such as `GET`, or `*`");
            }
        }

        EquatableArray<HttpPath> paths = http.Paths ?? [];
        ListRules.CheckCount(paths.Count, MaxItems, path.Child("paths"), "paths", context);
        for (int i = 0; i < paths.Count; i++)
        {
            CheckPath(paths[i], path.Child("paths").At(i), context);
        }
    }

    private static void CheckPath(HttpPath http, FieldPath path, ValidationContext context)
    {
        if (string.IsNullOrEmpty(http.Exact) == string.IsNullOrEmpty(http.Prefix))
        {
            context.Add(Findings.InvalidHttp, path, Cause.Invalid, "HTTP path has both or neither of `exact` and `prefix`, expected one of them");
        }

        CheckText(http.Exact, path.Child("exact"), context);
        CheckText(http.Prefix, path.Child("prefix"), context);
    }

    private static void CheckText(string? text, FieldPath path, ValidationContext context)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        if (text.Length > MaxPath)
        {
            context.Add(Findings.InvalidHttp, path, Cause.TooLong, $"HTTP path has {text.Length} characters, expected at most {MaxPath}");
        }

        if (text[0] != '/' || text.AsSpan().IndexOfAny('?', ' ', '#') >= 0)
        {
            context.Add(Findings.InvalidHttp, path, Cause.Invalid, $"HTTP path `{ScalarNode.Shorten(text)}` is no path, expected it to start with `/` and to hold no `?`, blank or `#`");
        }
    }
}
