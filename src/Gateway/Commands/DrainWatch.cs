using System.Text.Json.Nodes;
using Spectre.Console;

namespace ActorSockets.Gateway.Commands;

/// <summary>
/// Follows a drain to its end. It runs in the gateway: whoever stops watching stops nothing, and a broken connection is
/// taken up again.
/// </summary>
internal static class DrainWatch
{
    // The gateway says something every second.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);
    private const int Tries = 5;

    internal static async Task<int> RunAsync(CommandRun run, JsonObject drain, CancellationToken cancellation)
    {
        var id = drain.Text("id")!;
        if (!run.Screen.AsJson)
        {
            run.Screen.Say($"Drain {id}: {DrainText.Plan(drain)}");
            RollingTable.Show(run.Screen, drain);
        }

        try
        {
            var last = run.Screen.Console is { } console
                ? await BarAsync(console, run, drain, cancellation)
                : await LinesAsync(run, drain, cancellation);
            if (run.Screen.AsJson) run.Screen.Json(last);
            else
            {
                RollingTable.Show(run.Screen, last);
                run.Screen.Say(DrainText.Result(last));
                run.Screen.NoteMissing(last);
            }

            return DrainText.ExitCode(last);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            run.Screen.Note($"Not watching any more; the drain goes on. Cancel it with: drains cancel {id} --admin {run.Admin.Address.GetLeftPart(UriPartial.Authority)}");
            return ExitCodes.Interrupted;
        }
    }

    private static async Task<JsonObject> LinesAsync(CommandRun run, JsonObject drain, CancellationToken cancellation)
    {
        var (stage, told) = (DrainText.Stage(drain), run.Time.GetTimestamp());
        return await FollowAsync(run, drain, now =>
        {
            if (run.Screen.AsJson || DrainText.IsOver(now) || (DrainText.Stage(now) == stage && run.Time.GetElapsedTime(told) < BetweenLines)) return;
            (stage, told) = (DrainText.Stage(now), run.Time.GetTimestamp());
            run.Screen.Say(DrainText.Progress(now));
        }, cancellation);
    }

    private static Task<JsonObject> BarAsync(IAnsiConsole console, CommandRun run, JsonObject drain, CancellationToken cancellation) => console.Progress()
        .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
        .StartAsync(context =>
        {
            var bar = context.AddTask(drain.Text("state") ?? "drain");
            Show(drain);
            return FollowAsync(run, drain, Show, cancellation);

            void Show(JsonObject now)
            {
                var (done, skipped, nodes) = DrainText.Turns(now);

                // Who was skipped on the way needs no more time; of one that was cancelled the bar shows how far it came.
                var (gone, total) = nodes > 0 ? (now.Text("state") == "cancelled" ? done : done + skipped, nodes) : DrainText.Way(now);
                bar.MaxValue = Math.Max(1, total);
                bar.Value = total == 0 && DrainText.IsOver(now) ? 1 : gone;
                bar.Description = Markup.Escape(PlainText.Of(nodes > 0 ? DrainText.Progress(now) : $"{now.Text("state")} {gone}/{total}, {DrainText.Rate(now)} a second"));
            }
        });

    /// <summary>The drain as it was in the end.</summary>
    private static async Task<JsonObject> FollowAsync(CommandRun run, JsonObject drain, Action<JsonObject> show, CancellationToken cancellation)
    {
        var path = $"drains/{QueryText.Part(drain.Text("id")!)}";
        for (var failures = 0; !DrainText.IsOver(drain);)
        {
            try
            {
                await foreach (var now in run.Admin.EventsAsync($"{path}/events", Silence, cancellation))
                {
                    failures = 0;
                    show(drain = now);
                }

                // A stream that ended early says nothing of the drain.
                if (!DrainText.IsOver(drain)) drain = await run.Admin.GetAsync(path, cancellation);
                if (!DrainText.IsOver(drain)) await Task.Delay(BetweenTries, run.Time, cancellation);
            }
            catch (Exception broken) when (IsBroken(broken, cancellation))
            {
                if (++failures == Tries) throw Lost(run, drain, broken);
                await Task.Delay(BetweenTries, run.Time, cancellation);
            }
        }

        return drain;
    }

    private static bool IsBroken(Exception failure, CancellationToken cancellation) => failure
        is HttpRequestException or IOException or CommandFault { ExitCode: ExitCodes.Unreachable }
        || (failure is OperationCanceledException && !cancellation.IsCancellationRequested);

    private static CommandFault Lost(CommandRun run, JsonObject drain, Exception why) => new(
        ExitCodes.Unreachable,
        $"The gateway at {run.Admin.Address} does not answer any more ({why.Message}); the last that was heard: {DrainText.Progress(drain)}. Ask it again with: drains watch {drain.Text("id")}");
}
