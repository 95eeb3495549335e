using NetPolicy.Enforce.Lab;

namespace NetPolicy.Enforce.Observation;

/// <summary>Runs the program <c>nft</c> on this machine or in a network namespace.</summary>
/// <param name="networkNamespace">A namespace that <c>ip netns</c> named; null for the one this process is in.</param>
internal sealed class NftProgram(string? networkNamespace)
{
    /// <summary>Runs it, whatever comes of it.</summary>
    /// <exception cref="NftException">It cannot be started, or the namespace cannot be entered.</exception>
    public NamespaceProcessResult Start(IReadOnlyList<string> arguments, string input = "")
    {
        try
        {
            return Inside(() => ChildProcess.Run("nft", arguments, input));
        }
        catch (LabException exception)
        {
            throw new NftException(exception.Message, exception);
        }
    }

    /// <summary>Runs it and returns what it printed.</summary>
    /// <exception cref="NftException">It refused.</exception>
    public string Run(IReadOnlyList<string> arguments, string input = "")
    {
        NamespaceProcessResult result = Start(arguments, input);
        return result.ExitCode == 0 ? result.Output : throw new NftException(result.Command, result.Error + result.Output, input);
    }

    /// <summary>Loads a script as one transaction.</summary>
    /// <exception cref="NftException">It was refused.</exception>
    public void Load(string script) => Run(["-f", "-"], script);

    /// <summary>Runs something in the namespace.</summary>
    /// <exception cref="LabException">The namespace cannot be entered.</exception>
    public T Inside<T>(Func<T> function)
    {
        if (networkNamespace is null)
        {
            return function();
        }

        using NetworkNamespace place = NetworkNamespace.Open(networkNamespace);
        return place.Run(function);
    }
}
