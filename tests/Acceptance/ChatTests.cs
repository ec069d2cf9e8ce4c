using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ActorSockets.Acceptance;

/// <summary>The online chat, used by two people.</summary>
[Collection(BrowserTests.Name)]
public sealed class ChatTests(Chromium chromium)
{
    [SkippableFact]
    public async Task Two_people_see_each_other_and_talk()
    {
        await using var chat = await RunningApp.ChatAsync();
        var alice = await EnterAsync(chat, "alice");
        var bob = await EnterAsync(chat, "bob");

        await SayAsync(bob, "good morning");
        await SayAsync(alice, "hello bob");

        await Expect(alice.Locator("#people li")).ToHaveTextAsync(["alice", "bob"]);
        await Expect(bob.Locator("#people li")).ToHaveTextAsync(["alice", "bob"]);
        await Expect(alice.Locator("#messages li:has-text('good morning') b")).ToHaveTextAsync("bob");
        await Expect(bob.Locator("#messages li:has-text('hello bob') b")).ToHaveTextAsync("alice");
    }

    [SkippableFact]
    public async Task Whoever_says_nothing_is_let_go_told_why_and_comes_back_by_speaking()
    {
        await using var chat = await RunningApp.ChatAsync("ActorSockets:Hubs:chat:Timers:Idle=00:00:05");
        var alice = await EnterAsync(chat, "alice");

        // Before the other one is there: a page may take longer to open than one may be silent.
        await alice.EvaluateAsync("setInterval(() => { text.value = 'still here'; say.requestSubmit(); }, 400)");
        var bob = await EnterAsync(chat, "bob");

        await Expect(bob.Locator("#notice-text")).ToContainTextAsync("You said nothing for 5 seconds");
        await Expect(alice.Locator("#messages")).ToContainTextAsync("bob was quiet for too long.");
        await Expect(alice.Locator("#people li")).ToHaveTextAsync(["alice"]);
        await SayAsync(bob, "I was thinking");

        await Expect(alice.Locator("#messages li:has-text('I was thinking') b")).ToHaveTextAsync("bob");
        await Expect(bob.Locator("#notice")).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task Says_how_somebody_left()
    {
        await using var chat = await RunningApp.ChatAsync();
        var alice = await EnterAsync(chat, "alice");
        var bob = await EnterAsync(chat, "bob");

        await bob.CloseAsync();

        await Expect(alice.Locator("#messages li.news").Last).ToHaveTextAsync("bob left.");
        await Expect(alice.Locator("#people li")).ToHaveTextAsync(["alice"]);
    }

    [SkippableFact]
    public async Task Markup_in_names_and_messages_stays_text()
    {
        const string markup = "<img src=x onerror=alert(1)>";
        await using var chat = await RunningApp.ChatAsync();
        var alice = await EnterAsync(chat, "alice");
        var mallory = await EnterAsync(chat, markup);

        await SayAsync(mallory, $"{markup} hello");

        await Expect(alice.Locator("#messages li:has-text('hello') b")).ToHaveTextAsync(markup);
        await Expect(alice.Locator("#people")).ToContainTextAsync(markup);
        await Expect(alice.Locator("#messages img, #people img")).ToHaveCountAsync(0);
    }

    [SkippableTheory]
    [InlineData("alice", "alice is here already. Choose another nickname.")]
    [InlineData("a\u202eb", "A nickname has no control characters.")]
    [InlineData("123456789012345678901234567890123", "A nickname has at most 32 characters.")]
    public async Task A_nickname_that_will_not_do_is_explained(string nickname, string why)
    {
        await using var chat = await RunningApp.ChatAsync();
        await EnterAsync(chat, "alice");
        var other = await chromium.OpenAsync(chat.Public);

        await other.FillAsync("#nickname", nickname);
        await other.PressAsync("#nickname", "Enter");

        await Expect(other.Locator("#notice-text")).ToHaveTextAsync(why);
        await Expect(other.Locator("#say")).ToBeHiddenAsync();
    }

    private async Task<IPage> EnterAsync(RunningApp chat, string nickname)
    {
        var page = await chromium.OpenAsync(chat.Public);
        await page.FillAsync("#nickname", nickname);
        await page.PressAsync("#nickname", "Enter");
        await Expect(page.Locator("#state")).ToHaveTextAsync($"connected as {nickname}");
        return page;
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.FillAsync("#text", text);
        await page.PressAsync("#text", "Enter");
    }
}
