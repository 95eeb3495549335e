using System.Text;
using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Checks;

/// <summary>Everything that must hold, whatever is read.</summary>
public static class InputChecks
{
    /// <summary>Reads an input and does with it all that the product does with what it reads.</summary>
    /// <exception cref="BrokenException">A law is broken.</exception>
    public static void Run(FuzzInput input)
    {
        switch (input.Target)
        {
            case FuzzTarget.Documents:
                DocumentChecks.Run(input.Bytes);
                break;
            case FuzzTarget.Selector:
                SelectorChecks.Run(Encoding.UTF8.GetString(input.Bytes));
                break;
            case FuzzTarget.Flows:
                LineChecks.Flows(Encoding.UTF8.GetString(input.Bytes));
                break;
            case FuzzTarget.SelectorCases:
                LineChecks.SelectorCases(Encoding.UTF8.GetString(input.Bytes));
                break;
            case FuzzTarget.Words:
                WordChecks.Run(Encoding.UTF8.GetString(input.Bytes));
                break;
            default:
                throw new InvalidOperationException($"nothing reads {input.Target}");
        }
    }
}
