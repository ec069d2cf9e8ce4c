using ActorSockets.Actors.Routing.Filters;

namespace ActorSockets.Actors.Tests.Routing.Filters;

public class ConnectionFilterTests
{
    private static readonly Subject Ann = new("ann", "k3.c1", "json.webpubsub.azure.v1", ["groupA", "it's", "null"]);
    private static readonly Subject Nobody = new(null, "k3.c2", null, []);

    [Theory]
    [InlineData("userId eq null", false, true)]
    [InlineData("userId ne null", true, false)]
    [InlineData("null eq userId", false, true)]
    [InlineData("USERID eq 'ann'", true, false)]
    [InlineData("userId eq 'Ann'", false, false)]
    [InlineData("'groupA' in groups and not('groupB' in groups)", true, false)]
    [InlineData("userId in ('u1','ann') and connectionId ne 'c9'", true, false)]
    [InlineData("userId in ('u1', null)", false, true)]
    [InlineData("length(groups) gt 1", true, false)]
    [InlineData("length(groups) in (0, 2)", false, true)]
    [InlineData("'it''s' in groups", true, false)]
    [InlineData("null in groups", false, false)]
    [InlineData("protocol eq null", false, true)]
    [InlineData("startswith(protocol, 'json.')", true, false)]
    [InlineData("endswith(connectionId,'c2')", false, true)]
    [InlineData("contains(userId,'n')", true, false)]
    [InlineData("contains(userId,null)", false, false)]
    [InlineData("indexof(userId,'n') eq 1", true, false)]
    [InlineData("indexof(userId,'n') eq -1", false, true)]
    [InlineData("length(userId) eq null", false, true)]
    [InlineData("length(userId) ge 3", true, false)]
    [InlineData("length(userId) lt 3", false, false)]
    [InlineData("not (length(userId) gt 5)", true, true)]
    [InlineData("toupper(userId) eq 'ANN'", true, false)]
    [InlineData("tolower(userId) eq null", false, true)]
    [InlineData("trim(' a ') eq 'a'", true, true)]
    [InlineData("substring(userId,1) eq 'nn'", true, false)]
    [InlineData("substring(userId,1,1) eq 'n'", true, false)]
    [InlineData("substring(userId,9) eq ''", true, false)]
    [InlineData("substring(userId,-1,2) eq 'an'", true, false)]
    [InlineData("concat(userId,'!') eq 'ann!'", true, false)]
    [InlineData("true", true, true)]
    [InlineData("false or true and false", false, false)]
    [InlineData("true or true and false", true, true)]
    [InlineData("(true or true) and false", false, false)]
    [InlineData("not false and false", false, false)]
    [InlineData("not true eq false", true, true)]
    [InlineData("userId eq null eq true", false, true)]
    [InlineData("true eq null", false, false)]
    [InlineData("length(groups) eq +3", true, false)]
    public void A_filter_says_of_each_connection_whether_it_is_meant(string text, bool ann, bool nobody)
    {
        var filter = Parse(text);
        Assert.Equal((ann, nobody), (filter.Matches(Ann), filter.Matches(Nobody)));
    }

    [Fact]
    public void A_fault_reads_as_callers_of_the_protocol_expect_it() =>
        Assert.Equal("Invalid syntax for 'invalid filter': Syntax error at position 14 in 'invalid filter'. (Parameter 'filter')", Fault("invalid filter"));

    [Theory]
    [InlineData("", "position 0")]
    [InlineData("userId", "must be true or false")]
    [InlineData("userId eq", "position 9")]
    [InlineData("userId eq 'a", "position 12")]
    [InlineData("userId eq 'a' b", "position 15")]
    [InlineData("userId = 'a'", "position 8")]
    [InlineData("user eq 'a'", "no property 'user'")]
    [InlineData("userId eq 1", "compare two texts")]
    [InlineData("userId gt 'a'", "compares integers")]
    [InlineData("not length(userId) gt 5", "'not' must be true or false")]
    [InlineData("userId and true", "Each side of 'and'")]
    [InlineData("true or userId", "Each side of 'or'")]
    [InlineData("groups eq null", "compare two texts")]
    [InlineData("groups in ('a')", "'in' takes")]
    [InlineData("1 in groups", "'in' takes")]
    [InlineData("userId in ('a',1)", "'in' takes")]
    [InlineData("userId in ()", "position 12")]
    [InlineData("userId in (userId)", "position 17")]
    [InlineData("userId in connectionId", "'in' takes")]
    [InlineData("length(1) eq 1", "no function 'length'")]
    [InlineData("length() eq 1", "position 8")]
    [InlineData("drop(userId) eq 'a'", "no function 'drop'")]
    [InlineData("length(groups) eq 99999999999999999999", "position 38")]
    [InlineData("((true)", "position 7")]
    [InlineData("true)", "position 5")]
    public void A_fault_says_where_or_what(string text, string expected) => Assert.Contains(expected, Fault(text), StringComparison.Ordinal);

    [Fact]
    public void Depth_is_bounded_and_length_of_a_chain_is_not()
    {
        Assert.Contains("deeper than 100", Fault(new string('(', 101) + "true" + new string(')', 101)), StringComparison.Ordinal);
        Assert.Contains("deeper than 100", Fault(string.Concat(Enumerable.Repeat("not ", 2000)) + "true"), StringComparison.Ordinal);
        Assert.Contains("deeper than 100", Fault("true" + string.Concat(Enumerable.Repeat(" eq true", 101))), StringComparison.Ordinal);
        Assert.True(Parse(new string('(', 100) + "true" + new string(')', 100)).Matches(Ann));
        Assert.True(Parse("false" + string.Concat(Enumerable.Repeat(" or false", 800)) + " or true").Matches(Ann));
    }

    [Fact]
    public void A_filter_that_is_too_long_is_not_repeated()
    {
        var fault = Fault($"userId eq '{new string('x', ConnectionFilter.MaxLength)}'");
        Assert.Equal("A filter has at most 8192 characters.", fault);
    }

    private static ConnectionFilter Parse(string text)
    {
        Assert.True(ConnectionFilter.TryParse(text, out var filter, out var fault), fault);
        return filter!;
    }

    private static string Fault(string text)
    {
        Assert.False(ConnectionFilter.TryParse(text, out _, out var fault));
        return fault!;
    }
}
