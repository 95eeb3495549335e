namespace NetPolicy.Engine;

/// <summary>What a compilation keeps, in entries of its tables.</summary>
/// <param name="Policies">Policies, and notes of those that depend on more than labels.</param>
/// <param name="Selectors">Distinct selectors.</param>
/// <param name="Shapes">Distinct shapes of members.</param>
/// <param name="Classes">Classes.</param>
/// <param name="Programs">Program sets.</param>
/// <param name="Profiles">Profiles in use.</param>
/// <param name="Tiers">Tiers that are declared, and those that policies are in.</param>
/// <param name="Pending">What a change left undone: nothing, between changes.</param>
/// <param name="SelectorNumbers">The most selectors that were there at once.</param>
/// <param name="ClassNumbers">The most classes.</param>
internal readonly record struct CompilationSize(
    int Policies, int Selectors, int Shapes, int Classes, int Programs, int Profiles, int Tiers, int Pending, int SelectorNumbers, int ClassNumbers);
