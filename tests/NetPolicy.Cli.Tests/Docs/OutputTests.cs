using NetPolicy.Laws;

namespace NetPolicy.Cli.Tests.Docs;

public sealed class OutputTests
{
    [Fact]
    public void Every_marked_output_is_what_netpol_prints() => Compare("output");

    [Fact]
    public void Every_marked_output_that_needs_a_kernel_is_what_netpol_prints()
    {
        Kernel.RequireLab();
        Compare("kernel output");
    }

    private static void Compare(string marker)
    {
        List<string> wrong = [];
        foreach (MarkdownPage page in MarkdownPage.All())
        {
            for (int i = 0; i < page.Blocks.Count; i++)
            {
                if (page.Blocks[i].Marked(marker) is not { } command)
                {
                    continue;
                }

                string printed = Printed(page.Blocks[i], command);
                if (Golden.IsUpdating)
                {
                    page.Replace(page.Blocks[i], printed);
                }
                else if (page.Blocks[i].Text != printed)
                {
                    wrong.Add($"{page.Path}:{page.Blocks[i].Line + 1}: {command}: {Golden.Difference(page.Blocks[i].Text, printed)}");
                }
            }
        }

        Assert.True(wrong.Count == 0, "NETPOLICY_UPDATE_GOLDEN=1 rewrites outputs\n" + string.Join('\n', wrong));
    }

    [Fact]
    public void Every_shown_output_of_netpol_is_marked()
    {
        Assert.Empty(
            from page in MarkdownPage.All()
            from block in page.Blocks
            where block.Language == "console"
                && block.Text.StartsWith("$ netpol ", StringComparison.Ordinal)
                && block.Text.TrimEnd().Split('\n').Any(l => !l.StartsWith("$ ", StringComparison.Ordinal))
                && block.Marked("output") is null
                && block.Marked("kernel output") is null
                && block.Marked("host output") is null
            select $"{page.Path}:{block.Line + 1}");
    }

    // A console block shows the command too, others (JSON, nft) the output alone.
    private static string Printed(MarkdownBlock block, string command)
    {
        string output = Transcript.Run(command);
        Assert.True(output.Length > 0, $"`{command}` prints nothing");
        return block.Language == "console" ? $"$ {command}\n{output}" : output;
    }
}
