using NetPolicy.Enforce.Netlink;
using NetPolicy.Enforce.Rules;
using Xunit;

namespace NetPolicy.Enforce.Tests.Netlink;

/// <summary>Bytes that no kernel sends are refused or foreign; they are never read outside, and never taken for the product's rules.</summary>
public sealed class NetlinkReaderTests
{
    [Fact]
    public void Attributes_that_end_early_or_have_impossible_lengths_are_refused()
    {
        foreach (byte[] bytes in (byte[][])[[8, 0, 1], [3, 0, 1, 0], [0, 0, 0, 0], [9, 0, 1, 0, 1, 2, 3, 4], [255, 255, 1, 0]])
        {
            Assert.Throws<NetlinkException>(() =>
            {
                NetlinkReader reader = new(bytes);
                while (reader.MoveNext())
                {
                }
            });
        }

        Assert.Throws<NetlinkException>(() =>
        {
            NetlinkReader reader = new([5, 0, 1, 0, 1, 0, 0, 0]);
            reader.MoveNext();
            return reader.UInt32;
        });
    }

    [Fact]
    public void Damaged_messages_are_refused_or_read_as_something_and_never_crash()
    {
        Random random = new(1);
        int refused = 0, foreign = 0;
        for (int i = 0; i < 400; i++)
        {
            RuleTable table = RandomTables.Make(i % 20);
            using NetlinkWriter bytes = new();
            NetlinkTransaction.Write(bytes, Tables.Transaction(table), null, []);
            byte[] damaged = bytes.Written.ToArray();
            for (int n = random.Next(1, 30); n > 0; n--)
            {
                damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            try
            {
                TableAssembler assembler = new(table.Name);
                NetlinkMessages messages = new(damaged);
                while (messages.MoveNext())
                {
                    assembler.Take(messages.Type, messages.Attributes);
                }

                foreign += assembler.Finish(0).Foreign.IsEmpty ? 0 : 1;
            }
            catch (NetlinkException)
            {
                refused++;
            }
        }

        Assert.True(refused > 50 && foreign > 20, $"{refused} refused, {foreign} foreign");
    }
}
