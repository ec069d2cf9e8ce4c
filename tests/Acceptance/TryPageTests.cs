using System.Diagnostics;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace ActorSockets.Acceptance;

/// <summary>The page <c>/try</c>, used as a person uses it.</summary>
[Collection(BrowserTests.Name)]
public sealed class TryPageTests(Chromium chromium, TryPageTests.Node node) : IClassFixture<TryPageTests.Node>
{
    [SkippableFact]
    public async Task Shows_every_frame_with_its_direction_and_size()
    {
        var page = await ConnectAsync();

        await page.FillAsync("#payload", "hello");
        await page.ClickAsync("#send-now");
        await page.CheckAsync("[name=kind][value=binary]");
        await page.FillAsync("#payload", "00 ff 10");
        await page.ClickAsync("#send-now");

        await Expect(Frames(page, "out")).ToHaveTextAsync(["hello", "00 ff 10"]);
        await Expect(Frames(page, "in")).ToHaveTextAsync(["hello", "00 ff 10"]);
        await Expect(page.Locator("#log li[data-way=in] .size")).ToHaveTextAsync(["5 B", "3 B"]);
    }

    [SkippableFact]
    public async Task Tells_who_closed_and_that_one_should_not_come_back()
    {
        var page = await ConnectAsync();

        await page.ClickAsync("#provoke-server-closed");

        await Expect(Seen(page, "server", "ending")).ToHaveTextAsync("server-closed");
        await Expect(Seen(page, "browser", "code")).ToHaveTextAsync("4001");
        await Expect(Seen(page, "browser", "text")).ToHaveTextAsync("closed by hand from /try");
        await Expect(Seen(page, "catalogue", "ending")).ToHaveTextAsync("server-closed");
        await Expect(page.Locator("#verdict")).ToContainTextAsync("Do not reconnect by yourself.");
    }

    [SkippableFact]
    public async Task Falls_idle_and_puts_the_setting_back()
    {
        var page = await ConnectAsync();

        // Watched from before the click on: it stays for no longer than the connection may be silent.
        var changed = page.WaitForFunctionAsync("() => document.getElementById('changed-what').textContent === 'Hubs:echo:Timers:Idle'");
        await page.ClickAsync("#provoke-idle-timeout");

        await changed;
        await Expect(Seen(page, "server", "ending")).ToHaveTextAsync("idle-timeout");
        await Expect(Seen(page, "browser", "text")).ToHaveTextAsync("idle-timeout; idle-ms=3000");
        await Expect(page.Locator("#verdict")).ToContainTextAsync("Reconnect when there is something to say.");
        await Expect(page.Locator("#changed")).ToBeHiddenAsync();
        Assert.Empty(await ChangedByApiAsync());
    }

    [SkippableTheory]
    [InlineData("client-closed", "client-closed")]
    [InlineData("cut", "server-closed")]
    [InlineData("message-too-big", "message-too-big")]
    [InlineData("rate-limit", "rate-limit")]
    [InlineData("connection-limit", "connection-limit")]
    [InlineData("session-expired", "session-expired")]
    [InlineData("session-revoked", "session-revoked")]
    [InlineData("max-lifetime", "max-lifetime")]
    public async Task Every_button_provokes_the_ending_it_names(string button, string ending)
    {
        var page = await ConnectAsync(user: $"user-{button}");

        await page.ClickAsync($"#provoke-{button}");

        await Expect(Seen(page, "server", "ending")).ToHaveTextAsync(ending);
        await Expect(Seen(page, "catalogue", "ending")).ToHaveTextAsync(ending);
        await Expect(page.Locator("#changed")).ToBeHiddenAsync();
    }

    [SkippableFact]
    public async Task A_ban_ends_the_connection_and_refuses_the_next_one()
    {
        var page = await ConnectAsync(user: "mallory");

        await page.ClickAsync("#provoke-banned");
        await Expect(Seen(page, "server", "ending")).ToHaveTextAsync("banned");
        await page.ClickAsync("#connect-now");

        await Expect(Seen(page, "server", "refusal")).ToHaveTextAsync("banned");
        await Expect(Seen(page, "server", "status")).ToHaveTextAsync("403");
    }

    [SkippableFact]
    public async Task Puts_a_setting_back_when_the_page_is_left()
    {
        var page = await ConnectAsync();

        // What its buttons do, with a time that is not over before the page is left.
        await page.EvaluateAsync("async () => { const settings = await import('/try/settings.js'); await settings.changeHub('echo', { timers: { idle: '00:09:00' } }); }");
        await Expect(page.Locator("#changed")).ToBeVisibleAsync();
        Assert.NotEmpty(await ChangedByApiAsync());

        await page.GotoAsync("about:blank");

        var since = Stopwatch.GetTimestamp();
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while ((await ChangedByApiAsync()).Any())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(60), "not put back");
            await pause.WaitForNextTickAsync();
        }
    }

    [SkippableFact]
    public async Task Loads_without_a_key_and_asks_for_one()
    {
        const string key = "an-admin-key-of-at-least-32-bytes";
        await using var guarded = await RunningApp.GatewayAsync($"ActorSockets:Admin:Keys:tester:Key={key}", "ActorSockets:Admin:Keys:tester:Access=operate");
        var page = await chromium.OpenAsync(new Uri(guarded.Admin, "/try"));

        await GiveKeyAsync(page, "this-is-not-the-key-of-this-node");
        await Expect(page.Locator("#key-why")).ToHaveTextAsync("That key was not accepted. Give another one.");
        await GiveKeyAsync(page, key);
        await page.ClickAsync("#connect-now");

        await Expect(page.Locator("#state")).ToHaveTextAsync("connected");
        await Expect(page.Locator("#provoke-server-closed")).ToBeEnabledAsync();
    }

    [SkippableFact]
    public async Task Shows_a_drain_as_it_goes_on_and_steers_it()
    {
        await using var drained = await RunningApp.GatewayAsync();
        var page = await chromium.OpenAsync(new Uri(drained.Admin, "/try"));
        await page.ClickAsync("#connect-now");
        await Expect(page.Locator("#state")).ToHaveTextAsync("connected");
        await Expect(page.Locator("#drains")).ToBeHiddenAsync();

        // The first one goes at once; the others keep the drain running.
        using var second = new ClientWebSocket();
        using var third = new ClientWebSocket();
        var hub = new UriBuilder(drained.Public) { Scheme = "ws", Path = "/client/hubs/echo" }.Uri;
        await second.ConnectAsync(hub, CancellationToken.None);
        await third.ConnectAsync(hub, CancellationToken.None);
        using var http = new HttpClient();
        using var order = new StringContent("""{"select":{"hub":"echo"},"deadline":"01:00:00"}""", System.Text.Encoding.UTF8, "application/json");

        using var answer = await http.PostAsync(new Uri(drained.Admin, "/admin/v1/drains"), order);

        Assert.Equal(System.Net.HttpStatusCode.Created, answer.StatusCode);
        await Expect(page.Locator("#drains strong")).ToHaveTextAsync("maintenance of hub echo");
        await Expect(page.Locator("#drains .pill")).ToHaveTextAsync("running");
        await page.ClickAsync("#drains button:text('Pause')");
        await Expect(page.Locator("#drains .pill")).ToHaveTextAsync("paused");
        await page.ClickAsync("#drains button:text('Resume')");
        await Expect(page.Locator("#drains .pill")).ToHaveTextAsync("running");
        await page.ClickAsync("#drains button:text('Cancel')");
        await Expect(page.Locator("#drains .pill")).ToHaveTextAsync("cancelled");
        await Expect(page.Locator("#drains .hint")).ToContainTextAsync(" of 3 gone");
    }

    [SkippableFact]
    public async Task Says_which_nodes_of_a_cluster_do_not_answer()
    {
        var page = await chromium.OpenAsync(new Uri("about:blank"));
        await page.RouteAsync("**/admin/v1/nodes", route => route.FulfillAsync(new() { ContentType = "application/json", Body = """{"value":[{"id":"box-a"}],"total":1,"missing":["box-b"]}""" }));

        await page.GotoAsync(new Uri(node.App.Admin, "/try").ToString());

        await Expect(page.Locator("#missing")).ToContainTextAsync("box-b");
        await Expect(page.Locator("#node")).ToContainTextAsync("one of 2 nodes");
    }

    [SkippableFact]
    public async Task Runs_no_script_and_no_style_but_its_own_and_reports_no_error()
    {
        List<string> errors = [];
        var page = await chromium.OpenAsync(new Uri("about:blank"));
        page.Console += (_, message) => { if (message.Type == "error") errors.Add(message.Text); };
        page.PageError += (_, error) => errors.Add(error);

        var answer = await page.GotoAsync(new Uri(node.App.Admin, "/try").ToString());
        await Expect(page.Locator("#hub option")).ToHaveCountAsync(1);

        Assert.Contains("script-src 'self';", answer!.Headers["content-security-policy"], StringComparison.Ordinal);
        Assert.Empty(errors);
    }

    private async Task<IPage> ConnectAsync(string? user = null)
    {
        var page = await chromium.OpenAsync(new Uri(node.App.Admin, "/try"));
        if (user is not null)
        {
            await page.FillAsync("#issue-user", user);
            await page.ClickAsync("#issue-token");
            await Expect(page.Locator("#token")).Not.ToHaveValueAsync("");
        }

        await page.ClickAsync("#connect-now");
        await Expect(page.Locator("#state")).ToHaveTextAsync("connected");
        await Expect(page.Locator("#provoke-server-closed")).ToBeEnabledAsync();
        return page;
    }

    private static async Task GiveKeyAsync(IPage page, string key)
    {
        await Expect(page.Locator("#key-dialog")).ToBeVisibleAsync();
        await page.FillAsync("#key", key);
        await page.ClickAsync("#key-dialog button[value=use]");
    }

    private async Task<IEnumerable<string?>> ChangedByApiAsync()
    {
        using var http = new HttpClient();
        using var limits = JsonDocument.Parse(await http.GetStringAsync(new Uri(node.App.Admin, "/admin/v1/limits")));
        return [.. limits.RootElement.GetProperty("fromApi").EnumerateArray().Select(key => key.GetString())];
    }

    private static ILocator Frames(IPage page, string way) => page.Locator($"#log li[data-way={way}] .what");

    private static ILocator Seen(IPage page, string by, string what) => page.Locator($"#seen-{by} dt:text-is('{what}') + dd");

    /// <summary>One gateway for all tests of this class, with a key to issue tokens.</summary>
    public sealed class Node : IAsyncLifetime
    {
        internal RunningApp App { get; private set; } = null!;

        public async Task InitializeAsync() => App = await RunningApp.GatewayAsync("ActorSockets:AccessKeys:0=a-key-for-tests-of-at-least-32-bytes");

        public async Task DisposeAsync() => await App.DisposeAsync();
    }
}
