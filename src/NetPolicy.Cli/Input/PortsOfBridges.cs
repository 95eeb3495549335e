using NetPolicy.Cli.Output;
using NetPolicy.Collections;
using NetPolicy.Enforce;
using NetPolicy.Enforce.Bridges;
using NetPolicy.Enforce.Lab;

namespace NetPolicy.Cli.Input;

/// <summary>Ports of bridges, which come and go with pods: looked at again and again, and given to the rules when there are others.</summary>
internal sealed class PortsOfBridges(NodeRules rules, Func<EquatableArray<PodBridge>> read, AgentOutput say)
{
    private readonly bool _isUsed = !rules.Bridges.IsEmpty;
    private string _refused = "";

    /// <summary>True if the rules got others. What cannot be read is said once, and leaves what was known.</summary>
    public bool HaveChanged()
    {
        if (!_isUsed)
        {
            return false;
        }

        try
        {
            EquatableArray<PodBridge> now = read();
            _refused = "";
            if (now == rules.Bridges)
            {
                return false;
            }

            rules.Bridges = now;
            return true;
        }
        catch (Exception exception) when (exception is UnusableException or LabException or ArgumentException)
        {
            if (_refused != exception.Message)
            {
                say.Refused(_refused = exception.Message);
            }

            return false;
        }
    }
}
