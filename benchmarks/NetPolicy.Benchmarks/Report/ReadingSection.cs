namespace NetPolicy.Benchmarks.Report;

/// <summary>What reading in pieces changed. Measured by hand, because the way it was before is no longer there to be run.</summary>
internal static class ReadingSection
{
    public const string Text = """

        ## Reading

        Whole processes before and after [reading in pieces](design/manifests.md#reading-at-scale) and compiling ahead of time, on files that `worlds` writes (the one of 1.2 GB was made for the purpose): medians of seven runs in turn,
        processor time (user and system) because the machine had other work, and most resident memory. Two cores of an AMD EPYC, .NET 10.0.12. The answers are the same byte for byte.

        | command | text | before | after |
        | --- | --- | --- | --- |
        | `netpol --version` | | 0.04 s, 28 MiB | 0.03 s, 29 MiB |
        | `netpol validate`, 10 × 100 pods, JSON | 5 MB | 0.26 s, 74 MiB | 0.11 s, 50 MiB |
        | `netpol validate`, 50 × 200 pods, JSON | 51 MB | 1.86 s, 328 MiB | 0.53 s, 110 MiB |
        | the same from a folder of YAML, without what policy does not look at | 4 MB | 1.38 s, 138 MiB | 0.67 s, 95 MiB |
        | `netpol validate`, W1, JSON | 51 MB | 2.03 s, 335 MiB | 0.68 s, 125 MiB |
        | `netpol validate`, 500 × 200 pods with environment, volumes and managed fields, 10,000 policies, JSON | 1.2 GB | refused | 5.5 s, 330 MiB |
        | `netpol diff`, 10 × 20 pods, 100 policies, 5 removed, JSON | 2 × 1 MB | 0.48 s, 77 MiB | 0.26 s, 66 MiB |
        | `netpol matrix`, 10 × 100 pods, 100 policies, JSON | 5 MB | 0.77 s, 88 MiB | 0.36 s, 90 MiB |

        In the last two rows the engine became faster too. In one process, warmed up, JSON of this kind is read, decoded and placed at about 300 MB a second, and YAML at 10 to 20.

        """;
}
