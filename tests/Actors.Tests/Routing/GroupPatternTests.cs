using System.Text;
using System.Text.RegularExpressions;
using ActorSockets.Actors.Routing;
using CsCheck;

namespace ActorSockets.Actors.Tests.Routing;

public sealed class GroupPatternTests
{
    [Theory]
    [InlineData("room", "room", true)]
    [InlineData("room", "Room", false)]
    [InlineData("room.*", "room.1", true)]
    [InlineData("room.*", "room.", true)]
    [InlineData("room.*", "room.1.a", false)]
    [InlineData("room.**", "room.1.a", true)]
    [InlineData("**", "", true)]
    [InlineData("*", "a.b", false)]
    [InlineData("?", "a", true)]
    [InlineData("?", ".", false)]
    [InlineData("?", "", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData(@"a\*", "a*", true)]
    [InlineData(@"a\*", "ab", false)]
    [InlineData(@"a\\b\?", @"a\b?", true)]
    [InlineData("*.*.*.*.*", "a.b.c.d.e", true)]
    [InlineData("*a*a*a*a*", "aaa", false)]
    [InlineData("***", "a.b", true)]
    public void Matches_by_its_runs_and_single_characters(string pattern, string name, bool expected) =>
        Assert.Equal(expected, GroupPattern.Parse(pattern)!.Matches(name));

    [Theory]
    [InlineData("")]
    [InlineData("*a*a*a*a*a*")]
    [InlineData(@"a\")]
    [InlineData(@"a\b")]
    public void What_is_no_pattern_is_none(string pattern) => Assert.Null(GroupPattern.Parse(pattern));

    [Fact]
    public void A_pattern_is_never_longer_than_a_name_can_be() => Assert.Null(GroupPattern.Parse(new string('a', GroupPattern.MaxLength + 1)));

    [Fact]
    public void Agrees_with_a_regular_expression_on_everything()
    {
        var letters = Gen.Char["ab.*?\\"];
        Gen.Select(Gen.String[letters, 0, 8], Gen.String[letters, 0, 10]).Sample((pattern, name) =>
        {
            var parsed = GroupPattern.Parse(pattern);
            return Reference(pattern) is { } expected ? parsed!.Matches(name) == expected.IsMatch(name) : parsed is null;
        });
    }

    [Fact]
    public void The_worst_pattern_takes_no_longer_than_its_length_times_the_names()
    {
        var pattern = GroupPattern.Parse("**a**a**a**a**b")!;
        Assert.False(pattern.Matches(new string('a', GroupName.MaxLength)));
    }

    private static Regex? Reference(string pattern)
    {
        var (regex, runs) = (new StringBuilder(@"\A"), 0);
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == '\\')
            {
                if (++i == pattern.Length || pattern[i] is not ('\\' or '*' or '?')) return null;
                regex.Append(Regex.Escape(pattern[i].ToString()));
            }
            else if (pattern[i] == '*')
            {
                var isLong = i + 1 < pattern.Length && pattern[i + 1] == '*';
                if (isLong) i++;
                regex.Append(isLong ? "(?s:.*)" : "[^.]*");
                runs++;
            }
            else
            {
                regex.Append(pattern[i] == '?' ? "[^.]" : Regex.Escape(pattern[i].ToString()));
            }
        }

        return runs > GroupPattern.MaxRuns || pattern.Length == 0 ? null : new Regex(regex.Append(@"\z").ToString());
    }
}
