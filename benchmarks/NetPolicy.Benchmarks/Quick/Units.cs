using System.Globalization;

namespace NetPolicy.Benchmarks.Quick;

/// <summary>Numbers for people: three significant digits and a unit.</summary>
public static class Units
{
    private static readonly (double Size, string Name)[] Times = [(1e9, "s"), (1e6, "ms"), (1e3, "us"), (1, "ns")];
    private static readonly (double Size, string Name)[] Sizes = [(1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1, "B")];
    private static readonly (double Size, string Name)[] Rates = [(1e6, "M/s"), (1e3, "k/s"), (1, "/s")];

    /// <summary>Nanoseconds as time.</summary>
    public static string Time(double nanoseconds) => Of(nanoseconds, Times);

    /// <summary>Bytes; decimal multiples.</summary>
    public static string Bytes(double bytes) => Of(bytes, Sizes);

    /// <summary>Nanoseconds of one operation as operations a second.</summary>
    public static string Rate(double nanoseconds) => Of(1e9 / nanoseconds, Rates);

    private static string Of(double value, (double Size, string Name)[] units)
    {
        foreach ((double size, string name) in units)
        {
            if (value >= size)
            {
                double scaled = value / size;
                string format = scaled >= 99.95 ? "0" : scaled >= 9.995 ? "0.0" : "0.00";
                return scaled.ToString(format, CultureInfo.InvariantCulture) + " " + name;
            }
        }

        return value <= 0 ? "0 " + units[^1].Name : value.ToString("0.##", CultureInfo.InvariantCulture) + " " + units[^1].Name;
    }
}
