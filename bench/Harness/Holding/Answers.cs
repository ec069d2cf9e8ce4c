using System.Diagnostics;
using System.Net.Http.Json;

namespace ActorSockets.Bench.Harness.Holding;

/// <summary>Whether a fleet still answers: echoes on a sample of each process's connections, and two admin queries of each process.</summary>
/// <param name="SlowestEchoMs">From the sending of a sample to its last echo, the slowest single message.</param>
/// <param name="SlowestNodeMs"><c>GET /admin/v1/nodes/self</c>.</param>
/// <param name="SlowestPageMs"><c>GET /admin/v1/connections?limit=100</c>.</param>
/// <param name="Counted">Connections by the processes' own count.</param>
internal sealed record Answers(double AfterSeconds, long EchoesAsked, long EchoesAnswered, double SlowestEchoMs, double SlowestNodeMs, double SlowestPageMs, long Counted)
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(30) };

    public bool WithinASecond => EchoesAsked == EchoesAnswered && Math.Max(SlowestEchoMs, Math.Max(SlowestNodeMs, SlowestPageMs)) < 1000;

    public static async Task<Answers> Of(IReadOnlyList<Cell> cells, TimeSpan after)
    {
        var answers = new Answers(after.TotalSeconds, 0, 0, 0, 0, 0, 0);
        foreach (var cell in cells)
        {
            var echo = await cell.Clients.Echo(TimeSpan.FromSeconds(30));
            var admin = $"http://127.0.0.1:{cell.Server.AdminPort}/admin/v1";
            var (node, nodeMs) = await Timed(() => Http.GetFromJsonAsync<NodeLine>($"{admin}/nodes/self"));
            var (page, pageMs) = await Timed(() => Http.GetFromJsonAsync<PageLine>($"{admin}/connections?limit=100"));
            if (page is not { Value.Length: > 0 }) throw new HarnessFault("a gateway listed no connection");
            answers = answers with
            {
                EchoesAsked = answers.EchoesAsked + echo.Asked,
                EchoesAnswered = answers.EchoesAnswered + echo.Answered,
                SlowestEchoMs = Math.Max(answers.SlowestEchoMs, echo.LatencyUs!.Max / 1000),
                SlowestNodeMs = Math.Max(answers.SlowestNodeMs, nodeMs),
                SlowestPageMs = Math.Max(answers.SlowestPageMs, pageMs),
                Counted = answers.Counted + node!.Connections,
            };
        }

        return answers;
    }

    private static async Task<(T? Answer, double Milliseconds)> Timed<T>(Func<Task<T?>> ask)
    {
        var watch = Stopwatch.StartNew();
        try
        {
            return (await ask(), watch.Elapsed.TotalMilliseconds);
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            throw new HarnessFault($"a gateway did not answer an admin query: {e.Message}");
        }
    }

    private sealed record NodeLine(int Connections);

    private sealed record PageLine(object[] Value);
}
