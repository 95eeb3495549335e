using NetPolicy.Collections;
using NetPolicy.Laws;
using Xunit;

namespace NetPolicy.Core.Tests.Collections;

/// <summary>Persistent lists and maps are lists and dictionaries, and what was frozen stays.</summary>
public sealed class PersistentCollectionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_list_is_a_list_and_its_versions_stay(ulong seed)
    {
        Dice dice = new(seed);
        PersistentList<int>.Builder builder = PersistentList<int>.Empty.ToBuilder();
        List<int> model = [];
        List<(PersistentList<int> Frozen, int[] Items)> versions = [];
        for (int step = 0; step < 6000; step++)
        {
            if (model.Count == 0 || dice.Chance(55))
            {
                builder.Add(step);
                model.Add(step);
            }
            else
            {
                int at = dice.Below(model.Count);
                builder[at] = -step;
                model[at] = -step;
            }

            Assert.Equal(model.Count, builder.Count);
            if (dice.Chance(2))
            {
                versions.Add((builder.Freeze(), [.. model]));
                if (dice.Chance(20))
                {
                    builder = builder.Freeze().ToBuilder();
                }
            }
        }

        Assert.True(versions.Count > 50);
        foreach ((PersistentList<int> frozen, int[] items) in versions)
        {
            Assert.Equal(items, frozen.Items());
            Assert.Equal(items, Enumerable.Range(0, frozen.Count).Select(i => frozen[i]));
            Assert.Throws<ArgumentOutOfRangeException>(() => frozen[frozen.Count]);
        }
    }

    [Fact]
    public void A_list_that_is_not_written_is_frozen_into_itself_and_shares_what_is_not_written()
    {
        PersistentList<int>.Builder builder = PersistentList<int>.Empty.ToBuilder();
        for (int i = 0; i < 2000; i++)
        {
            builder.Add(i);
        }

        PersistentList<int> one = builder.Freeze();
        Assert.Same(one, builder.Freeze());
        builder[0] = 7;
        PersistentList<int> other = builder.Freeze();
        Assert.NotSame(one.Chunks[0], other.Chunks[0]);
        Assert.Same(one.Chunks[1], other.Chunks[1]);
    }

    [Theory]
    [InlineData(1, 40)]
    [InlineData(2, 700)]
    [InlineData(3, 100000)]
    public void A_map_is_a_dictionary_and_its_versions_stay(ulong seed, int keys)
    {
        Dice dice = new(seed);
        PersistentMap<string, int>.Builder builder = PersistentMap<string, int>.Empty.ToBuilder();
        if (dice.Chance(50))
        {
            builder.EnsureCapacity(1000);
        }

        Dictionary<string, int> model = [];
        List<(PersistentMap<string, int> Frozen, Dictionary<string, int> Items)> versions = [];
        for (int step = 0; step < 8000; step++)
        {
            string key = $"key {dice.Below(keys)}";
            if (dice.Chance(35))
            {
                Assert.Equal(model.Remove(key), builder.Remove(key));
            }
            else
            {
                Assert.Equal(!model.ContainsKey(key), builder.Set(key, step));
                model[key] = step;
            }

            Assert.Equal(model.Count, builder.Count);
            Assert.Equal(model.TryGetValue(key, out int wanted), builder.TryGetValue(key, out int found));
            Assert.Equal(wanted, found);
            if (dice.Chance(1))
            {
                versions.Add((builder.Freeze(), new Dictionary<string, int>(model)));
                if (dice.Chance(20))
                {
                    builder = builder.Freeze().ToBuilder();
                }
            }
        }

        Assert.True(versions.Count > 30);
        foreach ((PersistentMap<string, int> frozen, Dictionary<string, int> items) in versions)
        {
            Assert.Equal(items.Count, frozen.Count);
            Assert.Equal(items.OrderBy(i => i.Key, StringComparer.Ordinal), frozen.Items().OrderBy(i => i.Key, StringComparer.Ordinal));
            Assert.All(items, item => Assert.True(frozen.TryGetValue(item.Key, out int value) && value == item.Value));
            Assert.False(frozen.ContainsKey("absent"));
        }
    }

    [Fact]
    public void Reading_a_map_allocates_nothing()
    {
        PersistentMap<string, int>.Builder builder = PersistentMap<string, int>.Empty.ToBuilder();
        string[] keys = [.. Enumerable.Range(0, 1000).Select(i => $"key {i}")];
        foreach (string key in keys)
        {
            builder.Set(key, key.Length);
        }

        PersistentMap<string, int> map = builder.Freeze();
        long found = 0;
        foreach (string key in keys)
        {
            found += map.GetValueOrDefault(key);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (string key in keys)
        {
            found += map.GetValueOrDefault(key);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * keys.Sum(k => k.Length), found);
    }
}
