using ActorSockets.Actors.Connections;
using ActorSockets.Actors.Endings;
using ActorSockets.Actors.Routing;
using ActorSockets.AspNetCore.Hosting;
using Akka.Actor;
using static ActorSockets.Actors.Routing.RouterProtocol;
using Scope = ActorSockets.Actors.Routing.RouterProtocol.Scope;

namespace ActorSockets.AspNetCore.Hubs;

/// <summary>The sender over this node's router.</summary>
internal sealed class HubSender(NodeActors actors) : IHubSender
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
        return (await AskAsync<Changed>(new JoinGroup(connection, group), cancellation)).Found;
    }

    public async Task<bool> RemoveFromGroupAsync(ConnectionId connection, string group, CancellationToken cancellation) =>
        (await AskAsync<Changed>(new LeaveGroup(connection, group), cancellation)).Found;

    public async Task<int> CloseAsync(ConnectionSelector selector, int code, string? reason, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(selector);
        if (selector.IsEveryone) throw new ArgumentException("give at least one condition", nameof(selector));
        CallerWords.CheckSelector(selector, nameof(selector));
        CallerWords.CheckCode(code, nameof(code));
        CallerWords.CheckReason(reason, nameof(reason));

        var request = new EndRequest(EndingCatalogue.ServerClosed) { Code = code, Reason = reason };
        return (await AskAsync<Matched>(new EndMatching(selector with { Hub = selector.Hub?.ToLowerInvariant() }, request), cancellation)).Count;
    }

    public Task<DrainResult> DrainAsync(DrainRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        return DrainCalls.RunAsync(actors, request, LongestPause, cancellation);
    }

    private async Task<FanOutResult> SendAsync(Scope scope, OutboundMessage message, IReadOnlySet<ConnectionId>? excluded, CancellationToken cancellation)
    {
        var report = await AskAsync<SendReport>(new Send(scope, Publication.Of(message, scope.Group), excluded), cancellation);
        return new FanOutResult(report.Matched, report.Queued);
    }

    private async Task<T> AskAsync<T>(IMessage question, CancellationToken cancellation)
    {
        try
        {
            return await actors.Router.Ask<T>(question, Deadline, cancellation);
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException($"The router did not answer within {Deadline.TotalSeconds} s.", e);
        }
    }

    private static string Key(string hub)
    {
        ArgumentException.ThrowIfNullOrEmpty(hub);
        return HubName.Key(hub);
    }
}
