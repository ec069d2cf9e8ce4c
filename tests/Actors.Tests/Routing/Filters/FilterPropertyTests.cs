using ActorSockets.Actors.Routing.Filters;
using CsCheck;

namespace ActorSockets.Actors.Tests.Routing.Filters;

/// <summary>Conditions whose meaning is known because they were made here, written down with more brackets and spaces than needed.</summary>
public class FilterPropertyTests
{
    private static readonly string?[] Users = [null, "", "ann", "it's", "Bob"];
    private static readonly string[] Groups = ["g", "h'", "i"];

    private static readonly Gen<Subject> Subjects =
        Gen.Select(Gen.OneOf(Users), Gen.OneOf("c1", "c2"), Gen.OneOf<string?>(null, "json"), Gen.Bool.Array[3],
            (user, connection, protocol, member) => new Subject(user, connection, protocol, [.. Groups.Where((_, i) => member[i])]));

    private static readonly Gen<Known> Leaf = Gen.OneOf<Known>(
        Gen.OneOf(Users).Select(u => new Known($"userId eq {Written(u)}", s => s.UserId == u)),
        Gen.OneOf(Users).Array[1, 3].Select(list => new Known($"userId in ({string.Join(',', list.Select(Written))})", s => list.Contains(s.UserId))),
        Gen.OneOf(Groups).Select(g => new Known($"{Written(g)} in groups", s => s.IsIn(g))),
        Gen.Int[-1, 4].Select(n => new Known($"length(groups) ge {n}", s => s.GroupCount >= n)),
        Gen.Int[-1, 4].Select(n => new Known($"length(userId) lt {n}", s => s.UserId?.Length < n)),
        Gen.OneOf(Users).Select(u => new Known($"contains(userId, {Written(u)})", s => s.UserId is not null && u is not null && s.UserId.Contains(u, StringComparison.Ordinal))),
        Gen.OneOf("c1", "c3").Select(c => new Known($"CONNECTIONID ne '{c}'", s => s.ConnectionId != c)));

    private static readonly Gen<Known> Conditions = Gen.Recursive<Known>(
        (depth, inner) => depth > 5
            ? Leaf
            : Gen.Frequency(
                (2, Leaf),
                (1, inner.Select(i => new Known($"not ({i.Text})", s => !i.Means(s)))),
                (1, inner.Select(inner, (a, b) => new Known($"({a.Text})  and ({b.Text})", s => a.Means(s) && b.Means(s)))),
                (1, inner.Select(inner, (a, b) => new Known($"(({a.Text}) or ({b.Text}))", s => a.Means(s) || b.Means(s)))),
                (1, inner.Select(inner, (a, b) => new Known($"({a.Text}) eq( {b.Text} )", s => a.Means(s) == b.Means(s))))));

    [Fact]
    public void A_filter_means_what_was_written() =>
        Conditions.Select(Subjects).Sample((known, subject) =>
            ConnectionFilter.TryParse(known.Text, out var filter, out _) && filter.Matches(subject) == known.Means(subject), iter: 2000);

    [Fact]
    public void Whatever_is_written_there_is_a_filter_or_a_fault_and_nothing_is_thrown()
    {
        var words = Gen.OneOf<string>(
            Gen.OneOf<string>("userId", "groups", "eq", "and", "or", "not", "in", "(", ")", ",", "'a'", "'", "length", "1", "-", "null", "true", "\u0000", "\ud800", "é"),
            Gen.String[0, 3]);
        words.Array[0, 12].Select(w => string.Join(' ', w)).Sample(
            text => ConnectionFilter.TryParse(text, out var filter, out var fault) == (filter is not null) && (filter is null) != (fault is null), iter: 5000);
    }

    private static string Written(string? text) => text is null ? "null" : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private sealed record Known(string Text, Func<Subject, bool> Means)
    {
        public override string ToString() => Text;
    }
}
