using System.Globalization;

namespace NetPolicy.Fuzz;

/// <summary>What the program is asked to do.</summary>
public sealed record FuzzOptions
{
    /// <summary>How it is called.</summary>
    public const string Usage = "usage: NetPolicy.Fuzz [--seconds N] [--inputs N] [--seed N] [--first N] [--out FOLDER] | --repeat FILE…";

    /// <summary>Stops after so many seconds; zero for no limit.</summary>
    public int Seconds { get; init; }

    /// <summary>Stops after so many inputs; zero for no limit.</summary>
    public ulong Inputs { get; init; }

    /// <summary>Which inputs. Default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The number of the first input. Default 0.</summary>
    public ulong First { get; init; }

    /// <summary>Where findings are kept. Default <c>artifacts/fuzz</c>.</summary>
    public string Out { get; init; } = Path.Combine("artifacts", "fuzz");

    /// <summary>Reads these files instead of making inputs.</summary>
    public IReadOnlyList<string> Repeat { get; init; } = [];

    /// <summary>True in the process that reads; the one above it notices if that process dies.</summary>
    public bool IsWorker { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="FormatException">They are not what <see cref="Usage"/> says.</exception>
    public static FuzzOptions Parse(string[] arguments)
    {
        FuzzOptions options = new();
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--worker":
                    options = options with { IsWorker = true };
                    break;
                case "--repeat":
                    return options with { Repeat = arguments[(i + 1)..] };
                case "--seconds":
                    options = options with { Seconds = (int)Number(arguments, ++i) };
                    break;
                case "--inputs":
                    options = options with { Inputs = Number(arguments, ++i) };
                    break;
                case "--seed":
                    options = options with { Seed = Number(arguments, ++i) };
                    break;
                case "--first":
                    options = options with { First = Number(arguments, ++i) };
                    break;
                case "--out" when i + 1 < arguments.Length:
                    options = options with { Out = arguments[++i] };
                    break;
                default:
                    throw new FormatException(Usage);
            }
        }

        return options is { Seconds: 0, Inputs: 0 } ? options with { Seconds = 60 } : options;
    }

    private static ulong Number(string[] arguments, int at) =>
        at < arguments.Length && ulong.TryParse(arguments[at], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw new FormatException(Usage);
}
