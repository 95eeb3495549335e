using NetPolicy.Addresses;
using NetPolicy.Ports;

namespace NetPolicy.Fuzz.Checks;

/// <summary>Addresses, blocks of addresses, protocols: one in each line.</summary>
internal static class WordChecks
{
    public static void Run(string text)
    {
        foreach (string word in text.Split('\n'))
        {
            Check(word);
        }
    }

    private static void Check(string word)
    {
        if (IpAddress.TryParse(word, out IpAddress address))
        {
            Hold.That(IpAddress.TryParse(address.ToString(), out IpAddress same) && same == address, "a written address reads back", $"{word}: {address}");
            Hold.That(address.Family is IpFamily.IPv4 or IpFamily.IPv6, "an address has a family", word);
        }

        if (IpPrefix.TryParse(word, out IpPrefix prefix))
        {
            Hold.That(IpPrefix.TryParse(prefix.ToString(), out IpPrefix same) && same == prefix, "a written block reads back", $"{word}: {prefix}");
            Hold.That(prefix.Contains(prefix.First) && prefix.Contains(prefix.Last), "a block holds its ends", $"{word}: {prefix}");
            Hold.That(IpPrefix.Read(word, IpLeniency.Lenient, out IpPrefix lenient) is not (CidrFault.NoLength or CidrFault.NotCidr) && lenient == prefix, "what is strictly a block is leniently the same", $"{word}: {prefix}, {lenient}");
        }
        else
        {
            Hold.That(prefix == default && !prefix.Contains(IpAddress.FromIPv4(0)), "no block holds nothing", word);
        }

        if (Protocol.TryParse(word, out Protocol protocol))
        {
            Hold.That(Protocol.TryParse(protocol.ToString(), out Protocol same) && same == protocol, "a written protocol reads back", $"{word}: {protocol}");
        }
    }
}
