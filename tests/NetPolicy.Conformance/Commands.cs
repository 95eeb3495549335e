using System.Diagnostics;
using System.Text;

namespace NetPolicy.Conformance;

/// <summary>Runs programs.</summary>
internal static class Commands
{
    /// <summary>Exit code and everything printed; null if it took longer than <paramref name="limit"/>.</summary>
    public static async Task<(int Code, string Output)?> Run(
        string folder, TimeSpan limit, IEnumerable<string> words, IReadOnlyDictionary<string, string>? variables = null)
    {
        ProcessStartInfo start = new("dotnet", words)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["XUNIT_PRINT_MAX_STRING_LENGTH"] = "0";
        start.Environment["XUNIT_PRINT_MAX_ENUMERABLE_LENGTH"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment.Remove("NETPOLICY_UPDATE_GOLDEN");
        foreach ((string name, string value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        StringBuilder output = new();
        using Process process = new() { StartInfo = start };
        process.OutputDataReceived += Add;
        process.ErrorDataReceived += Add;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        using CancellationTokenSource clock = new(limit);
        try
        {
            await process.WaitForExitAsync(clock.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            return null;
        }

        return (process.ExitCode, output.ToString());

        void Add(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.Append(line.Data).Append('\n');
            }
        }
    }
}
