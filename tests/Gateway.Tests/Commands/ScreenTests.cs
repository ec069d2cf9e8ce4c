using ActorSockets.Gateway.Commands;

namespace ActorSockets.Gateway.Tests.Commands;

public sealed class ScreenTests : IDisposable
{
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void A_script_gets_a_line_a_row_with_tabs()
    {
        Piped().Table(["id", "user"], [["a", "ann"], ["b", null]]);

        Assert.Equal(["id\tuser", "a\tann", "b\t-"], Lines());
    }

    [Fact]
    public void A_person_gets_a_table()
    {
        Terminal().Table(["id", "user"], [["a", "[red]ann[/]"]]);

        Assert.Contains("[red]ann[/]", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("──", _output.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_words_of_strangers_do_not_move_the_cursor_or_forge_a_line(bool terminal)
    {
        var screen = terminal ? Terminal() : Piped();

        screen.Table(["user"], [["a\u001b[2Jb\nc\td\u202e"]]);
        screen.Properties([("user", "\u001b]0;x\u0007")]);
        screen.Say("\r\u001b[A");

        Assert.DoesNotContain('\u202e', _output.ToString());
        Assert.DoesNotContain('\r', _output.ToString().ReplaceLineEndings("\n"));
        Assert.DoesNotContain("\u001b[2J", _output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b]0", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("a\\u001b[2Jb\\u000ac\\u0009d\\u202e", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Json_wins_over_the_terminal() => Assert.Null(new Screen(_output, _output, terminal: true, asJson: true).Console);

    private Screen Piped() => new(_output, _output, terminal: false, asJson: false);

    private Screen Terminal() => new(_output, _output, terminal: true, asJson: false);

    private string[] Lines() => _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
