using System.Collections.Immutable;
using ActorSockets.Actors.Routing;
using ActorSockets.Actors.Serialization;

namespace ActorSockets.Actors.Sessions.Moves;

/// <summary>Something that became different in a session's groups and rights while it was on its way to another node.</summary>
/// <param name="Joined">Groups that it is in since.</param>
/// <param name="Left">Groups that it is not in any more since.</param>
/// <param name="Rights">Its rights since then, where they changed; else null.</param>
internal sealed record StandingChange(ImmutableArray<string> Joined, ImmutableArray<string> Left, StandingChange.Kept? Rights)
{
    internal static StandingChange Joins(IEnumerable<string> groups) => new([.. groups], [], null);

    internal static StandingChange Leaves(IEnumerable<string> groups) => new([], [.. groups], null);

    internal static StandingChange Has(SessionRights? rights)
    {
        var (roles, single) = rights?.Capture() ?? ([], []);
        return new StandingChange([], [], new Kept(roles, single));
    }

    internal static void Write(WireWriter w, StandingChange change)
    {
        w.Texts(1, change.Joined);
        w.Texts(2, change.Left);
        w.Part(3, change.Rights, (p, rights) =>
        {
            p.Texts(1, rights.Roles);
            p.Parts(2, rights.Single.Select(s => Tuple.Create(s)), (one, s) =>
            {
                one.Choice(1, s.Item1.Permission);
                one.Text(2, s.Item1.Group);
                one.Flag(3, s.Item1.Granted);
            });
        });
    }

    internal static StandingChange Read(WireFields f) => new(
        [.. f.Texts(1)],
        [.. f.Texts(2)],
        f.Part(3, p => new Kept([.. p.Texts(1)], [.. p.Parts(2, s => new SingleRight(s.Choice<Permission>(1), s.Needed(2), s.Flag(3)))])));

    /// <summary>As <see cref="SessionRights.Capture"/> says it.</summary>
    internal sealed record Kept(ImmutableArray<string> Roles, ImmutableArray<SingleRight> Single);
}
