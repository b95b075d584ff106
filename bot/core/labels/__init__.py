"""Answer labels, as educators write them: read in the order that nine real chats taught."""
