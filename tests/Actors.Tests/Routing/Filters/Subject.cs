using ActorSockets.Actors.Routing.Filters;

namespace ActorSockets.Actors.Tests.Routing.Filters;

internal sealed record Subject(string? UserId, string ConnectionId, string? Protocol, IReadOnlyList<string> Groups) : IFilterSubject
{
    public int GroupCount => Groups.Count;

    public bool IsIn(string group) => Groups.Contains(group);
}
