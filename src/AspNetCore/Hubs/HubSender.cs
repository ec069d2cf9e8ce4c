using ActorSockets.Actors.Cluster;
using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;
using Scope = ActorSockets.Actors.Routing.RouterProtocol.Scope;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>The sender over the routers of all nodes. Who is on a node that does not answer within a second counts as nobody.</summary>
internal sealed class HubSender(NodeActors actors, Reach reach, ClusterDrains drains) : IHubSender
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    internal TimeSpan LongestPause { get; init; } = DrainCalls.LongestPause;

    public Task<FanOutResult> SendToHubAsync(string hub, OutboundMessage message, IReadOnlySet<ConnectionId>? excluded, CancellationToken cancellation) =>
        SendAsync(new Scope(Key(hub)), message, excluded, cancellation);

    public Task<FanOutResult> SendToUserAsync(string hub, string userId, OutboundMessage message, IReadOnlySet<ConnectionId>? excluded, CancellationToken cancellation) =>
        SendAsync(new Scope(Key(hub), User: userId), message, excluded, cancellation);

    public Task<FanOutResult> SendToGroupAsync(string hub, string group, OutboundMessage message, IReadOnlySet<ConnectionId>? excluded, CancellationToken cancellation) =>
        SendAsync(new Scope(Key(hub), Group: group), message, excluded, cancellation);

    public Task<FanOutResult> SendToConnectionAsync(string hub, ConnectionId connection, OutboundMessage message, CancellationToken cancellation) =>
        SendAsync(new Scope(Key(hub), Connection: connection), message, null, cancellation);

    public async Task<bool> AddToGroupAsync(ConnectionId connection, string group, CancellationToken cancellation)
    {
        if (!GroupName.IsValid(group)) throw new ArgumentException(GroupName.Allowed, nameof(group));
        return (await AskAsync<Changed>(connection, new JoinGroup(connection, group), cancellation)).Any(a => a.Found);
    }

    public async Task<bool> RemoveFromGroupAsync(ConnectionId connection, string group, CancellationToken cancellation) =>
        (await AskAsync<Changed>(connection, new LeaveGroup(connection, group), cancellation)).Any(a => a.Found);

    public async Task<int> CloseAsync(ConnectionSelector selector, int code, string? reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selector);
        if (selector.IsEveryone) throw new ArgumentException("give at least one condition", nameof(selector));
        CallerWords.CheckSelector(selector, nameof(selector));
        CallerWords.CheckCode(code, nameof(code));
        CallerWords.CheckReason(reason, nameof(reason));

        var request = new EndRequest(EndingCatalogue.ServerClosed) { Code = code, Reason = reason };
        return (await AskAsync<Matched>(null, new EndMatching(selector with { Hub = selector.Hub?.ToLowerInvariant(), Node = NodeOf(selector) }, request), cancellation)).Sum(a => a.Count);
    }

    public Task<DrainResult> DrainAsync(DrainRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DrainCalls.RunAsync(drains, request with { Select = request.Select with { Node = NodeOf(request.Select) } }, LongestPause, cancellation);
    }

    private async Task<FanOutResult> SendAsync(Scope scope, OutboundMessage message, IReadOnlySet<ConnectionId>? excluded, CancellationToken cancellation)
    {
        if (message.Payload.Length > Relay.MaxPayload && !reach.Now.IsAlone) throw new ArgumentException($"a message to other nodes is at most {Relay.MaxPayload} bytes", nameof(message));
        try
        {
            var reports = await reach.SendAsync(actors.Router, new Send(scope, Publication.Of(message, scope.Group), excluded), Deadline, cancellation);
            return new FanOutResult(reports.All.Sum(r => r.Matched), reports.All.Sum(r => r.Queued));
        }
        catch (AskTimeoutException e)
        {
            throw NoAnswer(e);
        }
    }

    private static TimeoutException NoAnswer(AskTimeoutException e) => new($"The router did not answer within {Deadline.TotalSeconds} s.", e);

    private async Task<List<T>> AskAsync<T>(ConnectionId? connection, ICrossing question, CancellationToken cancellation)
    {
        try
        {
            var answers = connection is { } id
                ? await reach.AskHolderAsync<T>(id, actors.Router, RouterActor.Name, question, Deadline, cancellation)
                : await reach.AskAllAsync<T>(actors.Router, RouterActor.Name, question, Deadline, cancellation);
            return [.. answers.All];
        }
        catch (AskTimeoutException e)
        {
            throw NoAnswer(e);
        }
    }

    /// <summary><c>self</c> is this node wherever the question goes.</summary>
    private string? NodeOf(ConnectionSelector selector) => selector.Node == "self" ? reach.Now.Self.Node : selector.Node;

    private static string Key(string hub)
    {
        ArgumentException.ThrowIfNullOrEmpty(hub);
        return HubName.Key(hub);
    }
}
