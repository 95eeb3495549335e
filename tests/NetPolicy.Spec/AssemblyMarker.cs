internal static class AssemblyMarker { }
