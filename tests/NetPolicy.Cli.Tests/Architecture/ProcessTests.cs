using System.Text;

namespace NetPolicy.Cli.Tests.Architecture;

/// <summary>The program itself, started as scripts start it.</summary>
public sealed class ProcessTests
{
    [Fact]
    public void The_program_prints_and_ends_as_the_same_command_in_process()
    {
        string[] command = ["explain", "--from", "shop/web", "--to", "svc:shop/db", "--port", "15432", "samples/shop"];
        NetpolResult started = Netpol.Start(command);
        Assert.Equal(Netpol.Run(command, ""), started);
        Assert.Equal(1, started.ExitCode);
    }

    [Fact]
    public void Standard_input_is_UTF_8_whatever_the_locale()
    {
        byte[] yaml = Encoding.UTF8.GetBytes("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: \"grüße\"}\nspec: {podSelector: {}}\n");
        NetpolResult result = Netpol.Start(["validate", "-"], yaml);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("`grüße`", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_go_to_standard_error_and_leave_standard_output_empty()
    {
        NetpolResult result = Netpol.Start(["eval", "--from", "a/b", "--to", "c/d", "no/such/folder"]);
        Assert.Equal(2, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("NP1001", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Help_lists_every_command()
    {
        NetpolResult result = Netpol.Start(["--help"]);
        Assert.Equal(0, result.ExitCode);
        Assert.All(CommandLine.Root().Subcommands, c => Assert.Contains($"  {c.Name} ", result.Output, StringComparison.Ordinal));
    }
}
