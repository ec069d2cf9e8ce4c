using ActorSockets.Actors.Routing;

namespace ActorSockets.AspNetCore.DataPlane.Reading;

/// <summary>Names of groups in addresses.</summary>
internal static class GroupNames
{
    internal static DataPlaneError? Fault(string name) =>
        GroupName.IsValid(name) ? null : DataPlaneError.BadRequest($"A group's name is {GroupName.Allowed}. (Parameter 'group')");
}
