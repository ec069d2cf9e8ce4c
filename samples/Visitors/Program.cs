using System.Globalization;
using Visitors;

// Clients that only stay, and come back as docs/protocol.md asks them to: something to see a cluster at work with.
if (args.Length == 0 || !int.TryParse(args[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0)
{
    Console.Error.WriteLine("Visitors COUNT [ws://HOST:PORT/client/hubs/HUB ...]: so many clients, of the three nodes of deploy/three-nodes.sh unless addresses are given.");
    return 2;
}

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    stop.Cancel();
};

var doors = new Doors(args.Length > 1 ? args[1..] : [.. Enumerable.Range(8080, 3).Select(port => $"ws://127.0.0.1:{port}/client/hubs/echo")]);
var visits = Enumerable.Range(1, count).Select(number => new Visitor(number, doors).StayAsync(stop.Token)).ToList();
await doors.TellAsync(stop.Token);
await Task.WhenAll(visits);
return 0;
