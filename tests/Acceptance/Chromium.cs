using Microsoft.Playwright;

namespace ActorSockets.Acceptance;

/// <summary>One headless browser for all tests; every test has a context of its own, so nothing is shared but the process.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private const int Patience = 60_000;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string? Executable { get; } = Candidates().FirstOrDefault(File.Exists);

    public async Task InitializeAsync()
    {
        if (Executable is null) return;

        // Five seconds of its own accord, and a busy machine has been seen to take longer for a page.
        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Executable,
            Headless = true,

            // A cold start on a busy machine.
            Timeout = 120_000,
            Args =
            [
                "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
            ],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    /// <summary>A page in a fresh context. Where there is no browser the test is skipped, on the build server it fails.</summary>
    internal async Task<IPage> OpenAsync(Uri address)
    {
        if (_browser is null)
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "The build server has no Chromium; set CHROMIUM to its path.");
            Skip.If(true, "skipped: chromium");
        }

        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = 1280, Height = 900 } });
        context.SetDefaultTimeout(Patience);
        var page = await context.NewPageAsync();
        await page.GotoAsync(address.ToString());
        return page;
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named)
        {
            // Whoever names one means that one.
            yield return named;
            yield break;
        }

        yield return "/usr/bin/chromium";
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            yield return Path.Combine(folder, "chromium");
            yield return Path.Combine(folder, "chromium-browser");
            yield return Path.Combine(folder, "google-chrome");
        }
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<Chromium>
{
    internal const string Name = "browser";
}
