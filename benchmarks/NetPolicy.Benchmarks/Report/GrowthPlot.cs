using System.Globalization;
using System.Text;
using NetPolicy.Benchmarks.Quick;

namespace NetPolicy.Benchmarks.Report;

/// <summary>Draws growth as SVG, both axes logarithmic: a line that climbs one step of the grid at each doubling grows as the world does.</summary>
public static class GrowthPlot
{
    private const int Width = 860, Height = 520, Left = 80, Right = 230, Top = 40, Bottom = 60;
    private static readonly string[] Colours = ["#c0392b", "#1f77b4", "#2ca02c", "#9467bd", "#ff7f0e", "#17a2b8", "#7f5539", "#e377c2", "#555555"];

    /// <summary>The picture.</summary>
    public static string Draw(IReadOnlyList<GrowthSeries> series)
    {
        ArgumentNullException.ThrowIfNull(series);
        StringBuilder svg = new();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{Width}" height="{Height}" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="13">
            <title>How cost grows with the size of the cluster</title>
            <rect width="{Width}" height="{Height}" fill="#ffffff"/>

            """);
        GrowthSeries[] drawn = [.. series.Where(s => s.Points.Count > 0)];
        if (drawn.Length > 0)
        {
            double low = Math.Floor(Math.Log10(drawn.Min(s => s.Points.Min(p => p.Nanoseconds))));
            double high = Math.Ceiling(Math.Log10(drawn.Max(s => s.Points.Max(p => p.Nanoseconds))) + 1e-9);
            int doublings = (int)Math.Max(1, Math.Log2(drawn.Max(s => s.Points[^1].Factor)));
            Grid(svg, low, high, doublings);
            for (int i = 0; i < drawn.Length; i++)
            {
                Line(svg, drawn[i], i, low, high, doublings);
            }
        }

        return svg.Append("</svg>\n").ToString().ReplaceLineEndings("\n");
    }

    private static void Grid(StringBuilder svg, double low, double high, int doublings)
    {
        for (double power = low; power <= high; power++)
        {
            string y = Number(Y(Math.Pow(10, power), low, high));
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" y1=\"{y}\" x2=\"{Width - Right}\" y2=\"{y}\" stroke=\"#dddddd\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left - 8}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\" fill=\"#333333\">{Power(power)}</text>\n");
        }

        for (int d = 0; d <= doublings; d++)
        {
            string x = Number(X(1 << d, doublings));
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{x}\" y1=\"{Top}\" x2=\"{x}\" y2=\"{Height - Bottom}\" stroke=\"#dddddd\"/>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{Height - Bottom + 20}\" text-anchor=\"middle\" fill=\"#333333\">×{1 << d}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Height - 14}\" fill=\"#333333\">size: ×8 is the whole world; dashed: replicas alone, ×1 is the whole world</text>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left}\" y=\"{Top - 16}\" fill=\"#333333\">time</text>\n");
    }

    private static void Line(StringBuilder svg, GrowthSeries series, int index, double low, double high, int doublings)
    {
        string colour = Colours[index % Colours.Length];
        string dash = series.Name.Contains("replicas", StringComparison.Ordinal) ? " stroke-dasharray=\"6 4\"" : "";
        string points = string.Join(' ', series.Points.Select(p => Number(X(p.Factor, doublings)) + "," + Number(Y(p.Nanoseconds, low, high))));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{points}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>\n");
        foreach ((int factor, double nanoseconds) in series.Points)
        {
            svg.Append(
                CultureInfo.InvariantCulture,
                $"<circle cx=\"{Number(X(factor, doublings))}\" cy=\"{Number(Y(nanoseconds, low, high))}\" r=\"3.5\" fill=\"{colour}\"><title>{series.Name} ×{factor}: {Units.Time(nanoseconds)}</title></circle>\n");
        }

        int y = Top + 10 + (index * 22);
        svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Width - Right + 16}\" y1=\"{y}\" x2=\"{Width - Right + 46}\" y2=\"{y}\" stroke=\"{colour}\" stroke-width=\"2\"{dash}/>\n");
        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Width - Right + 54}\" y=\"{y}\" dy=\"4\" fill=\"#333333\">{series.Name}</text>\n");
    }

    private static double X(int factor, int doublings) => Left + (Math.Log2(factor) / doublings * (Width - Left - Right));

    private static double Y(double nanoseconds, double low, double high) => Height - Bottom - ((Math.Log10(nanoseconds) - low) / (high - low) * (Height - Top - Bottom));

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);

    private static string Power(double power)
    {
        (double size, string unit) = power switch { >= 9 => (9, "s"), >= 6 => (6, "ms"), >= 3 => (3, "µs"), _ => (0, "ns") };
        return Math.Pow(10, power - size).ToString("0", CultureInfo.InvariantCulture) + " " + unit;
    }
}
