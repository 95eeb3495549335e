using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace NetPolicy.Enforce.Lab;

/// <summary>Runs programs from the calling thread, whose network namespace they inherit.</summary>
internal static class ChildProcess
{
    internal static NamespaceProcessResult Run(string program, IReadOnlyList<string> arguments, string input)
    {
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Start(start);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading all of its input; its exit code and output say why.
        }

        process.WaitForExit();
        return new NamespaceProcessResult(
            string.Join(' ', arguments.Prepend(program)), process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult(), input);
    }

    internal static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new LabException(start.FileName, "not started", "");
        }
        catch (Win32Exception exception)
        {
            throw new LabException($"`{start.FileName}` cannot be started: {exception.Message}", exception);
        }
    }
}
