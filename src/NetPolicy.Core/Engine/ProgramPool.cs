using System.Runtime.InteropServices;
using NetPolicy.Policies;

namespace NetPolicy.Engine;

/// <summary>
/// Programs of one engine, so that equal ones are one, whichever classes ask for them and when. Holds none alive that no snapshot has. Safe to use from any thread.
/// </summary>
internal sealed class ProgramPool
{
    private readonly Lock _using = new();
    private readonly Dictionary<Key, WeakReference<EndpointProgram>> _programs = [];
    private int _sweepAt = 1024;

    /// <summary>The program of these policies and profiles.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="direction">The direction.</param>
    /// <param name="policies">Numbers of its policies, in order.</param>
    /// <param name="profiles">Its profiles.</param>
    /// <param name="make">Makes it if there is none.</param>
    public EndpointProgram Get(PolicyStage stage, Direction direction, long[] policies, ProfileStep[] profiles, Func<EndpointProgram> make)
    {
        Key key = new(stage, direction, policies, profiles);
        lock (_using)
        {
            ref WeakReference<EndpointProgram>? known = ref CollectionsMarshal.GetValueRefOrAddDefault(_programs, key, out _);
            if (known is not null && known.TryGetTarget(out EndpointProgram? program))
            {
                return program;
            }

            program = make();
            known = new WeakReference<EndpointProgram>(program);
            Sweep();
            return program;
        }
    }

    private void Sweep()
    {
        if (_programs.Count < _sweepAt)
        {
            return;
        }

        foreach ((Key key, WeakReference<EndpointProgram> program) in _programs)
        {
            if (!program.TryGetTarget(out _))
            {
                _programs.Remove(key);
            }
        }

        _sweepAt = Math.Max(1024, _programs.Count * 2);
    }

    private readonly record struct Key(PolicyStage Stage, Direction Direction, long[] Policies, ProfileStep[] Profiles)
    {
        public bool Equals(Key other)
        {
            if (Stage != other.Stage || Direction != other.Direction || !Policies.AsSpan().SequenceEqual(other.Policies) || Profiles.Length != other.Profiles.Length)
            {
                return false;
            }

            for (int i = 0; i < Profiles.Length; i++)
            {
                if (!ReferenceEquals(Profiles[i], other.Profiles[i]))
                {
                    return false;
                }
            }

            return true;
        }

        public override int GetHashCode()
        {
            HashCode hash = default;
            hash.AddBytes(MemoryMarshal.AsBytes(Policies.AsSpan()));
            hash.Add(((int)Stage * 2) + (int)Direction);
            hash.Add(Profiles.Length > 0 ? System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(Profiles[0]) : 0);
            return hash.ToHashCode();
        }
    }
}
