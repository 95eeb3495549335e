using System.Text;
using NetPolicy.Labels;
using Xunit;

namespace NetPolicy.Core.Tests.Labels;

/// <summary>SHA-224 as FIPS 180-4 has it.</summary>
public class Sha224Tests
{
    [Theory] // messages that leave room for the length in the last block, fill it, and go over it
    [InlineData("", 0, "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f")]
    [InlineData("abc", 1, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7")]
    [InlineData("a", 55, "fb0bd626a70c28541dfa781bb5cc4d7d7f56622a58f01a0b1ddd646f")]
    [InlineData("a", 56, "d40854fc9caf172067136f2e29e1380b14626bf6f0dd06779f820dcd")]
    [InlineData("a", 63, "1d4e051f4d6fed2a63fd2421e65834cec00d64456553de3496ae8b1d")]
    [InlineData("a", 64, "a88cd5cde6d6fe9136a4e58b49167461ea95d388ca2bdb7afdc3cbf4")]
    [InlineData("a", 119, "e000e6709d26667b631faa7fc1bd404eb4774003c5fb4f51a0184875")]
    [InlineData("a", 120, "66924e30a9929327e7a6cf03747397226ed2efc180ebe3dea7132a79")]
    public void Gives_the_digests_that_everybody_gives(string part, int times, string digest)
    {
        string message = string.Concat(Enumerable.Repeat(part, times));

        Assert.Equal(digest, Convert.ToHexStringLower(Sha224.Hash(Encoding.ASCII.GetBytes(message))));
    }

    [Fact]
    public void Gives_the_digests_that_everybody_gives_for_every_length_up_to_200()
    {
        byte[] digests = [.. Enumerable.Range(0, 200).SelectMany(length => Sha224.Hash([.. Enumerable.Range(0, length).Select(i => (byte)((i * 7) + length))]))];

        Assert.Equal("5e64f7fa6b4169c0a8817e274dab3a5abe14b5a1ec5fac7fe23b25f3", Convert.ToHexStringLower(Sha224.Hash(digests)));
    }

    [Fact]
    public void Computes_the_constants_of_the_standard()
    {
        uint[] constants = Sha224.RoundConstants();

        Assert.Equal(64, constants.Length);
        Assert.Equal([0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5], constants[..8]);
        Assert.Equal([0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2], constants[60..]);
    }
}
