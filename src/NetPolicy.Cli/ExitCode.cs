using NetPolicy.Cli.Output;
using NetPolicy.Enforce.Lab;
using NetPolicy.Enforce.State;
using NetPolicy.Enforce;

namespace NetPolicy.Cli;

/// <summary>What the process says to scripts.</summary>
internal static class ExitCode
{
    /// <summary>Fine, or allowed.</summary>
    public const int Fine = 0;

    /// <summary>Findings, denied, differences, or tests failed.</summary>
    public const int Findings = 1;

    /// <summary>Input or usage that cannot be used.</summary>
    public const int Unusable = 2;

    /// <summary>The machine refused: nft, permissions.</summary>
    public const int Refused = 3;

    /// <summary>Runs a command, and turns what the machine or the input refused into an exit code and one message.</summary>
    public static int Guard(Func<int> run)
    {
        try
        {
            return run();
        }
        catch (UnusableException unusable)
        {
            Console.Error.WriteLine($"netpol: {unusable.Message}");
            return Unusable;
        }
        catch (LabException refused)
        {
            Console.Error.WriteLine($"netpol: {refused.Message}");
            return Refused;
        }
        catch (NftException refused) when (refused.Finding is { } finding)
        {
            FindingsText.Write(Console.Error, [finding]);
            return Refused;
        }
        catch (NftException refused)
        {
            Console.Error.WriteLine($"netpol: {refused.Message}");
            return Refused;
        }
        catch (StateException refused)
        {
            Console.Error.WriteLine($"netpol: {refused.Message}");
            return Refused;
        }
        finally
        {
            Console.Out.Flush();
        }
    }
}
