using System.Diagnostics;
using System.Text;

namespace NetPolicy.Cli.Tests;

/// <summary>Runs <c>netpol</c>.</summary>
internal static class Netpol
{
    /// <summary>In this process, with <paramref name="folder"/> as the current folder (default: the root of the repository).</summary>
    public static NetpolResult Run(IReadOnlyList<string> arguments, string input = "", string? folder = null)
    {
        (TextWriter output, TextWriter error, TextReader reader, string current) =
            (Console.Out, Console.Error, Console.In, Environment.CurrentDirectory);
        using StringWriter captured = new() { NewLine = "\n" };
        using StringWriter complaints = new() { NewLine = "\n" };
        using StringReader given = new(input);
        try
        {
            Console.SetOut(captured);
            Console.SetError(complaints);
            Console.SetIn(given);
            Environment.CurrentDirectory = folder ?? Repository.Root;
            int code = CommandLine.Run([.. arguments]);
            return new(code, captured.ToString(), complaints.ToString());
        }
        finally
        {
            Environment.CurrentDirectory = current;
            Console.SetIn(reader);
            Console.SetError(error);
            Console.SetOut(output);
        }
    }

    /// <summary>In this process, from the root of the repository.</summary>
    public static NetpolResult Run(params string[] arguments) => Run(arguments, "");

    /// <summary>The built program itself, as a script would start it.</summary>
    public static NetpolResult Start(IReadOnlyList<string> arguments, byte[]? input = null)
    {
        ProcessStartInfo start = new("dotnet")
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = new UTF8Encoding(false),
            StandardErrorEncoding = new UTF8Encoding(false),
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "netpol.dll"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        process.StandardInput.BaseStream.Write(input ?? []);
        process.StandardInput.Close();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)), "netpol did not end");
        return new(process.ExitCode, output.Result, error.Result);
    }
}
