using System.Diagnostics;
using System.Text;
using NetPolicy.Fuzz.Inputs;

namespace NetPolicy.Fuzz.Runs;

/// <summary>Makes an input smaller as long as it shows the same: documents, then lines, then bytes are left out.</summary>
public static class Minimizer
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    /// <summary>The smallest input found.</summary>
    /// <param name="input">An input that shows something.</param>
    /// <param name="shows">Whether another one shows the same.</param>
    public static FuzzInput Minimize(FuzzInput input, Func<FuzzInput, bool> shows)
    {
        long started = Stopwatch.GetTimestamp();
        FuzzInput smallest = Without(input, "\n---\n"u8.ToArray(), shows, started);
        smallest = Without(smallest, "\n"u8.ToArray(), shows, started);
        return Without(smallest, [], shows, started);
    }

    // Leaves out ever smaller runs of parts; an empty separator means that each byte is a part.
    private static FuzzInput Without(FuzzInput input, byte[] separator, Func<FuzzInput, bool> shows, long started)
    {
        List<byte[]> parts = Split(input.Bytes, separator);
        for (int size = parts.Count / 2; size >= 1; size /= 2)
        {
            for (int at = 0; at < parts.Count;)
            {
                if (Stopwatch.GetElapsedTime(started) > s_patience)
                {
                    return input;
                }

                List<byte[]> fewer = [.. parts.Take(at), .. parts.Skip(at + size)];
                FuzzInput candidate = input with { Bytes = Join(fewer, separator) };
                if (candidate.Bytes.Length < input.Bytes.Length && shows(candidate))
                {
                    (parts, input) = (fewer, candidate);
                }
                else
                {
                    at += size;
                }
            }
        }

        return input;
    }

    private static List<byte[]> Split(byte[] bytes, byte[] separator)
    {
        if (separator.Length == 0)
        {
            return [.. bytes.Select(b => new[] { b })];
        }

        // Latin-1 keeps bytes as they are.
        return [.. Encoding.Latin1.GetString(bytes).Split(Encoding.Latin1.GetString(separator)).Select(Encoding.Latin1.GetBytes)];
    }

    private static byte[] Join(List<byte[]> parts, byte[] separator)
    {
        List<byte> joined = [];
        for (int i = 0; i < parts.Count; i++)
        {
            joined.AddRange(i == 0 ? [] : separator);
            joined.AddRange(parts[i]);
        }

        return [.. joined];
    }
}
