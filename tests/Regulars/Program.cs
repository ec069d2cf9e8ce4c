using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using ActorSockets.Regulars;

// Arguments: port, number of clients, hub. Says "here {n}" when all have come. For each line on standard input it says in one line of JSON what has happened so far, one
// entry for each knock at the door, those of a client in their order. Ends with its standard input.
const int ComingAtOnce = 64;

var door = new IPEndPoint(IPAddress.Loopback, int.Parse(args[0], CultureInfo.InvariantCulture));
var count = int.Parse(args[1], CultureInfo.InvariantCulture);
var clock = Stopwatch.StartNew();
var regulars = Enumerable.Range(0, count).Select(number => new Regular(number, door, args[2], clock)).ToArray();
using var over = new CancellationTokenSource();
var lives = new Task[count];
await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = ComingAtOnce }, async (number, _) =>
{
    var here = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    lives[number] = regulars[number].LiveAsync(() => here.TrySetResult(), over.Token);
    await Task.WhenAny(here.Task, lives[number]);
});
Console.WriteLine($"here {count}");
while (Console.ReadLine() is not null) Console.WriteLine(JsonSerializer.Serialize(regulars.SelectMany(r => r.Attempts)));

await over.CancelAsync();
try
{
    await Task.WhenAll(lives);
}
catch (OperationCanceledException)
{
    return 0;
}

return 0;
